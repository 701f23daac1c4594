"""Who is addressed how, and that a thread speaks afterwards as it did before."""

from concurrent.futures import ThreadPoolExecutor

from django.utils.translation import gettext, override

from hunhe.ui.polite import in_language, politely


def test_another_language_inside_leaves_politeness_outside() -> None:
    with override("zh-hans"):
        with politely():
            with in_language("en"):
                assert gettext("Page") == "Page"
            polite = gettext("Do you know all of these?")
        plain = gettext("Do you know all of these?")
    assert polite == plain.replace("你", "您")


def test_a_thread_that_chose_no_language_goes_on_in_the_citys() -> None:
    def work() -> str:
        with in_language("en"):
            gettext("Page")
        return gettext("Page not found")

    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(work).result()
