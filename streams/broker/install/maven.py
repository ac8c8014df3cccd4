"""Maven coordinates to jars, in pure Python (jgo): no Maven, no Java, the user's own mirrors.

Imported only when something has to be fetched.
"""

from pathlib import Path

from jgo.config import GlobalSettings
from jgo.constants import MAVEN_CENTRAL_URL, default_maven_repo
from jgo.maven import MavenContext, PythonResolver

REQUEST_SECONDS = 30


def maven_context(folder: Path) -> MavenContext:
    """Reach Maven's repositories: the central one, and those in the user's ``jgo.conf``.

    Args:
        folder: Where files are put. What the user's own Maven has already is only read.
    """
    return MavenContext(
        resolver=PythonResolver(),
        repo_cache=folder,
        local_repos=[default_maven_repo()],
        remote_repos={"central": MAVEN_CENTRAL_URL, **GlobalSettings.load().repositories},
        timeout=REQUEST_SECONDS,
    )


def fetch_artifact(coordinate: str, folder: Path) -> Path:
    """Bring one artifact here, without what it depends on.

    Args:
        coordinate: ``group:artifact:version``.
        folder: Where files are put; a file that is there already is believed.

    Returns:
        The file; not checked.

    Raises:
        OSError: If no repository can be reached, or nothing can be written.
        RuntimeError: If none has it.
    """
    return Path(maven_context(folder).create_dependency(coordinate).artifact.resolve())


def resolve_closure(coordinate: str, folder: Path) -> list[str]:
    """Resolve a coordinate to all it needs at run time, itself included, sorted."""
    context = maven_context(folder)
    given, needed = context.resolver.resolve([context.create_dependency(coordinate)])
    return sorted(f"{d.groupId}:{d.artifactId}:{d.version}" for d in (*given, *needed))
