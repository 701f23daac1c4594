from django.apps import AppConfig


class MydataConfig(AppConfig):
    name = "hunhe.wallet.mydata"
    label = "mydata"

    def ready(self) -> None:
        from hunhe.kernel.flow import actions as flow
        from hunhe.stone.errors import msgid
        from hunhe.stone.who import Who
        from hunhe.ui import pages
        from hunhe.wallet.mydata import erasure, indicators, telling

        flow.register_effect(who=Who.system("start"), name=erasure.EFFECT, handler=erasure.carry_out)
        flow.register_supplier(who=Who.system("start"), name="mydata.held", supply=erasure.held)
        flow.register_supplier(who=Who.system("start"), name="mydata.duties", supply=erasure.duties)
        flow.register_check(who=Who.system("start"), name="mydata.decision", check=erasure.check_decision)
        flow.register_case_page(who=Who.system("start"), find=erasure.case_page)
        telling.subscribe()
        indicators.register()
        pages.register(
            pages.Page(skin="citizen", url_name="mydata:hub", label=msgid("Me"), icon="user", order=45, closing=True)
        )
        pages.register(
            pages.Page(
                skin="desk",
                url_name="mydata:erasures",
                label=msgid("Erasure requests"),
                about=msgid("What people ask to have erased; you decide and say why."),
                icon="eraser",
                may=erasure.DECIDE,
                order=60,
            )
        )
