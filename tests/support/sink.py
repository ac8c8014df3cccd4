"""A fake of what polls and pushes of feeds write to."""

from streams.errors import BrokerError
from streams.records import FeedState, RawArticle


class FakeSink:
    """Takes articles and states of feeds, and keeps them in memory.

    Attributes:
        articles: In the order of sending.
        states: In the order of writing.
    """

    def __init__(self, *, broken: bool = False) -> None:
        """Start empty; a broken one refuses every state."""
        self.articles: list[RawArticle] = []
        self.states: list[FeedState] = []
        self._broken = broken

    async def keep(self, state: FeedState) -> None:
        """Keep a state.

        Raises:
            BrokerError: If it is broken.
        """
        if self._broken:
            raise BrokerError("gone")
        self.states.append(state)

    async def send(self, article: RawArticle) -> bool:
        """Take an article."""
        self.articles.append(article)
        return True

    @property
    def titles(self) -> list[str]:
        """The titles of the articles, in their order."""
        return [article.title for article in self.articles]
