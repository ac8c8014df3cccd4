"""Open the senders of channels; connections are shared and reused."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
from aiokafka import AIOKafkaProducer
from pydantic import SecretStr

from streams.config.channels import (
    AppriseService,
    Channel,
    Channels,
    Email,
    KafkaTopic,
    Plugin,
    Webhook,
)
from streams.deliver.channels.apprise import AppriseSender
from streams.deliver.channels.email import EmailSender
from streams.deliver.channels.kafka_topic import TopicSender
from streams.deliver.channels.message import ChannelSender
from streams.deliver.channels.plugin import ChannelContext, PluginSender
from streams.deliver.channels.signing import derived_secret, master_key
from streams.deliver.channels.webhook import WebhookSender, webhook_session
from streams.kafka.connection import producer
from streams.records import Subscription
from streams.settings import Settings


class ChannelRegistry:
    """Opens the sender of a channel when it is first used; created by `open_channels`.

    Args:
        settings: Settings with a broker.
        stack: Closes what is opened.
    """

    def __init__(self, settings: Settings, stack: AsyncExitStack) -> None:
        self._settings = settings
        self._stack = stack
        self._master: SecretStr | None = None
        self._sessions: dict[frozenset[str], aiohttp.ClientSession] = {}
        self._producer: AIOKafkaProducer | None = None
        self._services: dict[str, tuple[AppriseService, AppriseSender]] = {}
        self._plugins: dict[str, tuple[Plugin, frozenset[str], PluginSender]] = {}

    async def sender_for(
        self, channel: Channel, channels: Channels, subscription: Subscription
    ) -> ChannelSender:
        """Return the sender of a saved search's messages through a channel."""
        match channel.kind:
            case Webhook() as webhook:
                return await self._webhook(webhook, channels, subscription)
            case Email() as mail:
                return EmailSender(mail)
            case AppriseService() as service:
                return self._apprise(channel.label, service)
            case Plugin() as plugin:
                return await self._plugin(channel.label, plugin, channels)
            case KafkaTopic(topic=topic):
                if self._producer is None:
                    opening = producer(self._settings)
                    self._producer = await self._stack.enter_async_context(opening)
                return TopicSender(self._producer, topic)

    async def _webhook(
        self, webhook: Webhook, channels: Channels, subscription: Subscription
    ) -> WebhookSender:
        hosts = channels.private_hosts_for(subscription.owner)
        secret = webhook.secret or self._derive_secret(webhook, subscription)
        session = await self._session(hosts)
        return WebhookSender(
            session,
            webhook.url,
            secret,
            private_hosts=hosts,
            former_secrets=webhook.former_secrets,
        )

    async def _session(self, hosts: frozenset[str]) -> aiohttp.ClientSession:
        if hosts not in self._sessions:
            session = await self._stack.enter_async_context(webhook_session(hosts))
            self._sessions[hosts] = session
        return self._sessions[hosts]

    async def _plugin(self, label: str, plugin: Plugin, channels: Channels) -> PluginSender:
        hosts = channels.private_hosts
        cached = self._plugins.get(label)
        if cached is None or cached[:2] != (plugin, hosts):  # first use, or changed in the file
            session = await self._session(hosts)
            context = ChannelContext(label=label, session=session, private_hosts=hosts)
            cached = self._plugins[label] = (plugin, hosts, PluginSender(plugin, context))
        return cached[2]

    def _derive_secret(self, webhook: Webhook, subscription: Subscription) -> SecretStr:
        if self._master is None:
            self._master = master_key(self._settings)
        return derived_secret(
            self._master,
            owner=subscription.owner,
            subscription_id=subscription.id,
            url=webhook.url.get_secret_value(),
        )

    def _apprise(self, label: str, service: AppriseService) -> AppriseSender:
        cached = self._services.get(label)
        if cached is None or cached[0] != service:  # first use, or changed in the file
            cached = self._services[label] = (service, AppriseSender(service))
        return cached[1]


@asynccontextmanager
async def open_channels(settings: Settings) -> AsyncIterator[ChannelRegistry]:
    """Keep connections to receivers while the body runs."""
    async with AsyncExitStack() as stack:
        yield ChannelRegistry(settings, stack)
