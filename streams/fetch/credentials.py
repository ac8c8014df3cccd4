"""A secret header that is sent to one origin only."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

from yarl import URL


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A header with a secret, and the origin that may see it.

    Attributes:
        origin: Scheme, host and port.
        name: Name of the header.
        value: Value of the header; not in the representation, so that no log contains it.
    """

    origin: URL
    name: str
    value: str = field(repr=False)

    def headers(self, url: URL) -> Mapping[str, str]:
        """Return the header for a request; empty if the URL has another origin.

        References:
            RFC 6454, section 4 (origin); RFC 9110, section 15.4: a redirect to another origin must
            not take the Authorization header along.

        Examples:
            >>> one = Credentials(origin=URL("https://news.test"), name="Cookie", value="a=b")
            >>> one.headers(URL("https://news.test:443/a")), one.headers(URL("http://news.test/"))
            ({'Cookie': 'a=b'}, {})
        """
        # Part by part: `yarl` tells an origin with its default port from one without.
        own = (self.origin.scheme, self.origin.host, self.origin.port)
        is_same = (url.scheme, url.host, url.port) == own
        return {self.name: self.value} if is_same else {}


def basic_authorization(user: str, password: str) -> str:
    """Return the value of an Authorization header (RFC 7617).

    Examples:
        >>> basic_authorization("Aladdin", "open sesame")
        'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='
    """
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"
