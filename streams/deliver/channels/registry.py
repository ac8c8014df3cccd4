"""From a subscription's channel to what sends through it; connections are shared and kept."""

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
from streams.deliver.channels.message import Sender
from streams.deliver.channels.plugin import ChannelContext, PluginSender
from streams.deliver.channels.signing import derived_secret, master_key
from streams.deliver.channels.webhook import WebhookSender, webhook_session
from streams.kafka.connection import producer
from streams.records import Subscription
from streams.settings import Settings


class ChannelRegistry:
    """Opens what a channel needs when it is needed first; made by `open_channels`."""

    def __init__(self, settings: Settings, stack: AsyncExitStack) -> None:
        """Keep what is opened on a stack."""
        self._settings = settings
        self._stack = stack
        self._master: SecretStr | None = None
        self._sessions: dict[frozenset[str], aiohttp.ClientSession] = {}
        self._producer: AIOKafkaProducer | None = None
        self._services: dict[str, tuple[AppriseService, AppriseSender]] = {}
        self._plugins: dict[str, tuple[Plugin, frozenset[str], PluginSender]] = {}

    async def sender_for(
        self, channel: Channel, channels: Channels, subscription: Subscription
    ) -> Sender:
        """Give what sends a subscription's messages through a channel."""
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
        hosts = channels.private_hosts
        secret = webhook.secret or self._derived(webhook, subscription)
        session = await self._session(hosts)
        return WebhookSender(session, webhook.url, secret, private_hosts=hosts)

    async def _session(self, hosts: frozenset[str]) -> aiohttp.ClientSession:
        if hosts not in self._sessions:
            session = await self._stack.enter_async_context(webhook_session(hosts))
            self._sessions[hosts] = session
        return self._sessions[hosts]

    async def _plugin(self, label: str, plugin: Plugin, channels: Channels) -> PluginSender:
        hosts = channels.private_hosts
        known = self._plugins.get(label)
        if known is None or known[:2] != (plugin, hosts):  # first used, or changed in the file
            session = await self._session(hosts)
            context = ChannelContext(label=label, session=session, private_hosts=hosts)
            known = self._plugins[label] = (plugin, hosts, PluginSender(plugin, context))
        return known[2]

    def _derived(self, webhook: Webhook, subscription: Subscription) -> SecretStr:
        if self._master is None:
            self._master = master_key(self._settings)
        return derived_secret(
            self._master,
            owner=subscription.owner,
            subscription_id=subscription.id,
            url=webhook.url.get_secret_value(),
        )

    def _apprise(self, label: str, service: AppriseService) -> AppriseSender:
        known = self._services.get(label)
        if known is None or known[0] != service:  # first used, or changed in the file
            known = self._services[label] = (service, AppriseSender(service))
        return known[1]


@asynccontextmanager
async def open_channels(settings: Settings) -> AsyncIterator[ChannelRegistry]:
    """Keep connections to receivers while the body runs."""
    async with AsyncExitStack() as stack:
        yield ChannelRegistry(settings, stack)
