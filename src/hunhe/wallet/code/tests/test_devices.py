"""Devices: keys are proved, batches are signed for, a lost phone ends, nobody touches another's."""

import pytest

from hunhe.kernel.audit.models import Entry
from hunhe.stone.errors import Conflict, Denied, Invalid, NotFound
from hunhe.wallet.code import actions, issuing, models, queries
from hunhe.wallet.code.rules import frame
from hunhe.wallet.code.tests.phone import Phone, b64, new_key, point, sign
from hunhe.wallet.code.tests.scene import Scene, citizen


def test_the_same_key_is_the_same_device(scene: Scene) -> None:
    assert scene.lin.enrol() == queries.list_devices(who=scene.lin.who)[0]
    assert models.Device.objects.filter(account_id=scene.lin.who.id).count() == 1


def test_below_level_two_there_is_no_device(scene: Scene) -> None:
    with pytest.raises(Denied):
        Phone(citizen("t.new", None, 1)).enrol()


def test_a_key_must_be_proved_for_this_account(scene: Scene) -> None:
    key = new_key()
    own = point(key)
    stolen = sign(key, b"HH enrol\n" + scene.zhao.who.id.encode() + b"\n" + own)
    with pytest.raises(Invalid):
        actions.enrol_device(who=scene.lin.who, name="x", public_key=b64(own), proof=b64(stolen))


@pytest.mark.parametrize("key", ["", "?" * 44, b64(b"\x05" + b"k" * 32), b64(b"\x02" + b"\xff" * 32), b64(b"\x02" * 40)])
def test_what_is_no_key_is_refused(scene: Scene, key: str) -> None:
    with pytest.raises(Invalid):
        actions.enrol_device(who=scene.lin.who, name="x", public_key=key, proof=b64(b"s" * 64))


def test_certificates_are_signed_for_a_day_and_name_nobody(scene: Scene) -> None:
    for raw, key in scene.lin.ready:
        certificate = frame.read_certificate(raw)
        assert issuing.is_issued(raw)
        assert certificate.public_key == point(key)
        assert certificate.not_after - certificate.not_before == 24 * 3600
        assert certificate.level == 3
        assert issuing.device_number(certificate.handle) == models.Device.objects.get(id=scene.lin.enrolled.id).number
        assert scene.lin.who.id.encode() not in raw


def test_only_the_device_itself_fetches_certificates(scene: Scene) -> None:
    own, other = scene.lin.device, scene.zhao.device
    assert own is not None
    assert other is not None
    public = point(new_key())
    signature = sign(new_key(), b"HH renew\n" + own.id.encode() + b"\n" + public)
    with pytest.raises(Invalid):
        actions.renew_certificates(who=scene.lin.who, device_id=own.id, keys=[b64(public)], signature=b64(signature))
    with pytest.raises(NotFound):
        actions.renew_certificates(who=scene.lin.who, device_id=other.id, keys=[b64(public)], signature=b64(signature))
    with pytest.raises(Invalid):
        scene.lin.renew(49)


def test_a_removed_device_gets_no_more_certificates_and_its_key_never_returns(scene: Scene) -> None:
    gone = actions.revoke_device(who=scene.lin.who, device_id=scene.lin.enrolled.id)
    assert actions.revoke_device(who=scene.lin.who, device_id=scene.lin.enrolled.id) == gone
    assert Entry.objects.filter(act="code.device.revoked").count() == 1
    with pytest.raises(Denied):
        scene.lin.renew()
    with pytest.raises(Conflict):
        scene.lin.enrol()


def test_nobody_removes_or_names_another_persons_device(scene: Scene) -> None:
    for act in (
        lambda: actions.revoke_device(who=scene.zhao.who, device_id=scene.lin.enrolled.id),
        lambda: actions.rename_device(who=scene.zhao.who, device_id=scene.lin.enrolled.id, name="x"),
    ):
        with pytest.raises(NotFound):
            act()


def test_an_account_has_five_devices_at_most(scene: Scene) -> None:
    for _ in range(4):
        Phone(scene.lin.who).enrol()
    with pytest.raises(Conflict):
        Phone(scene.lin.who).enrol()


def test_a_device_is_called_what_its_owner_likes(scene: Scene) -> None:
    assert (
        actions.rename_device(who=scene.lin.who, device_id=scene.lin.enrolled.id, name="  妈妈的   手机 ").name == "妈妈的 手机"
    )
    with pytest.raises(Invalid):
        actions.rename_device(who=scene.lin.who, device_id=scene.lin.enrolled.id, name=" ")
