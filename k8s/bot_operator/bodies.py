"""Reading an answer whole, though never without end."""

import aiohttp

CHUNK = 64 * 1024


class TooLarge(ValueError):
    """The answer is larger than anything that could be meant."""


async def whole(response: aiohttp.ClientResponse, largest: int) -> bytes:
    """The body. Raises TooLarge, and what the client raises."""
    text = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        text += chunk
        if len(text) > largest:
            raise TooLarge
    return bytes(text)
