"""A fake of the sink to which polls and pushes write."""

from streams.errors import BrokerError
from streams.records import FeedState, RawArticle


class FakeSink:
    """A sink that keeps articles and states of feeds in memory.

    Args:
        broken: Whether it refuses every state.

    Attributes:
        articles: Articles in the order of sending.
        states: States in the order of saving.
    """

    def __init__(self, *, broken: bool = False) -> None:
        self.articles: list[RawArticle] = []
        self.states: list[FeedState] = []
        self._broken = broken

    async def save(self, state: FeedState) -> None:
        """Save a state.

        Raises:
            BrokerError: If the sink is broken.
        """
        if self._broken:
            raise BrokerError("gone")
        self.states.append(state)

    async def send(self, article: RawArticle) -> bool:
        """Send an article."""
        self.articles.append(article)
        return True

    @property
    def titles(self) -> list[str]:
        """The titles of the articles in the order of sending."""
        return [article.title for article in self.articles]
