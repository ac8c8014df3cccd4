"""Resolve Maven coordinates to jars in pure Python (jgo): no Maven, no Java, the user's mirrors.

This module is imported only if something must be downloaded.
"""

from pathlib import Path

from jgo.config import GlobalSettings
from jgo.constants import MAVEN_CENTRAL_URL, default_maven_repo
from jgo.maven import MavenContext, PythonResolver

REQUEST_SECONDS = 30


def maven_context(folder: Path) -> MavenContext:
    """Return a context for Maven's repositories: Central, and those in the user's ``jgo.conf``.

    Args:
        folder: Folder for downloads. The user's own Maven repository is only read.
    """
    return MavenContext(
        resolver=PythonResolver(),
        repo_cache=folder,
        local_repos=[default_maven_repo()],
        remote_repos={"central": MAVEN_CENTRAL_URL, **GlobalSettings.load().repositories},
        timeout=REQUEST_SECONDS,
    )


def fetch_artifact(coordinate: str, folder: Path) -> Path:
    """Download an artifact without its dependencies.

    Args:
        coordinate: ``group:artifact:version``.
        folder: Folder for downloads; a file that is already in it is used unchecked.

    Returns:
        Path of the file, which is not verified.

    Raises:
        OSError: If no repository can be reached, or the file cannot be written.
        RuntimeError: If no repository has the artifact.
    """
    return Path(maven_context(folder).create_dependency(coordinate).artifact.resolve())


def resolve_closure(coordinate: str, folder: Path) -> list[str]:
    """Return the coordinates of an artifact and of all it needs at run time, sorted."""
    context = maven_context(folder)
    direct, transitive = context.resolver.resolve([context.create_dependency(coordinate)])
    needed = (*direct, *transitive)
    return sorted(f"{d.groupId}:{d.artifactId}:{d.version}" for d in needed)
