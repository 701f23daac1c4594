"""The city's authority, its issuer and the key of credentials; files beside the city's data, made once."""

from django.conf import settings

from hunhe.kernel.city import queries as city
from hunhe.stone import certificates
from hunhe.stone.certificates import PublicKey
from hunhe.stone.crypto import key_file
from hunhe.stone.who import Who


def authority() -> bytes:
    return key_file(
        settings.HUNHE_KEYS, "licence.authority.pem", lambda: certificates.new_authority(f"{_city()} 电子证照根证书")
    )


def issuer() -> bytes:
    return key_file(
        settings.HUNHE_KEYS, "licence.issuer.pem", lambda: certificates.new_issuer(f"{_city()} 电子证照签章", authority())
    )


def credential_key() -> bytes:
    return key_file(settings.HUNHE_KEYS, "licence.credential.pem", certificates.new_credential_key)


def credential_public_key() -> PublicKey:
    return certificates.public_key_of(credential_key())


def authority_certificate() -> bytes:
    """The root that readers of the papers are told to trust."""
    return certificates.certificate_of(authority())


def _city() -> str:
    return city.city_facts(who=Who.system("licence")).name
