"""The server that is measured: the exchange lane, and beside it the bare lane that is its floor."""

import os

import django

from hunhe.kernel.lanes.shapes import ASGIApp, Receive, Scope, Send, read_body, reply

BARE = "/bare"
_ANSWER = b'{"data":{"name":"%s","status":"%s","wage":"3000-5000"},"padding":"%s"}' % (b"x" * 9, b"x" * 6, b"x" * 700)


async def _bare(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads a body and answers about as many bytes as a governed call does."""
    await read_body(receive, 65_536)
    await reply(send, 200, _ANSWER)


def _build() -> ASGIApp:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hunhe.house.settings")
    django.setup()
    from hunhe.hub.exchange.lane import make_lane  # rooms can be imported only after Django is up

    lane = make_lane()

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                await send({"type": f"{message['type']}.complete"})
                if message["type"] == "lifespan.shutdown":
                    return
        await (_bare if scope["path"] == BARE else lane)(scope, receive, send)

    return application


application = _build()
