#!/usr/bin/python3
"""What one would write in Python instead of using gws-bridge: on aio-pika and aiohttp, with the guarantees of the measurement and no more.

    peer.py commands|events --amqp URL --gws URL [--agents 20] [--first-agent 5001] [--concurrency 64] [--window 512]
                            [--queue gws.commands] [--exchange gws.events]

It prints "ready" when it consumes or all agents are subscribed, and ends at SIGTERM. An agent's session that breaks is begun again; when
the broker goes, so does the program, for its supervisor to start it again. It needs python3-aio-pika and python3-aiohttp (Debian).
"""
import argparse
import asyncio
import base64
import collections
import contextlib
import json
import logging
import resource
import signal
import sys
import urllib.parse

import aio_pika
import aiohttp
import yarl

log = logging.getLogger("peer")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=["commands", "events"])
    parser.add_argument("--amqp", default="amqp://localhost")
    parser.add_argument("--gws", default="http://localhost:8090")
    parser.add_argument("--agents", type=int, default=20)
    parser.add_argument("--first-agent", type=int, default=5001)
    parser.add_argument("--concurrency", type=int, default=64, help="commands that may be at GWS at once")
    parser.add_argument("--window", type=int, default=512, help="messages that may be unsettled at once")
    parser.add_argument("--queue", default="gws.commands")
    parser.add_argument("--exchange", default="gws.events")
    return parser.parse_args()


class Refused(Exception):
    """GWS did not do what was asked."""


class Session:
    """An agent's log-in: its cookies and CSRF token, made into headers once."""

    def __init__(self, agent, client, gws):
        self.agent, self.client, self.gws = agent, client, gws
        self.cookies, self.headers = {}, {}

    async def log_in(self):
        credentials = base64.b64encode(f"{self.agent}:{self.agent}".encode()).decode()
        async with self.client.get(f"{self.gws}/api/v2/me", headers={"Authorization": f"Basic {credentials}"}) as answer:
            await answer.read()
            if answer.status != 200:
                raise Refused(f"logging in {self.agent}: {answer.status}")
            self.cookies = {}
            self.headers = {"Content-Type": "application/json"}
            if name := answer.headers.get("X-CSRF-HEADER"):
                self.headers[name] = answer.headers.get("X-CSRF-TOKEN", "")
            self.keep_cookies(answer)

    def keep_cookies(self, answer):
        self.cookies.update((name, morsel.value) for name, morsel in answer.cookies.items())
        if self.cookies:
            self.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())


def open_client(connections, patience):
    """Keeps up to so many connections to GWS open (0: any number), and waits for an answer for so many seconds. The cookies are each
    session's own."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections, limit_per_host=connections, keepalive_timeout=90),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=patience))


async def all_of(operations):
    """Does them, 32 at a time."""
    places = asyncio.Semaphore(32)

    async def one(operation):
        async with places:
            await operation

    await asyncio.gather(*map(one, operations))


async def log_in(options, client):
    gws = options.gws.rstrip("/")
    names = [str(number) for number in range(options.first_agent, options.first_agent + options.agents)]
    sessions = {name: Session(name, client, gws) for name in names}
    await all_of(session.log_in() for session in sessions.values())
    return sessions


@contextlib.asynccontextmanager
async def open_channel(options, ended):
    """A channel on a connection of its own."""

    def closed(_, reason):
        if not ended.done():
            ended.set_exception(reason or ConnectionError("the broker went"))

    async with await aio_pika.connect(options.amqp) as connection:
        channel = await connection.channel(publisher_confirms=True)
        channel.close_callbacks.add(closed)
        connection.close_callbacks.add(closed)
        yield channel


class Lanes:
    """The commands of each call in order: of a call, one at most is ready or under way."""

    def __init__(self):
        self.ready = asyncio.Queue()
        # A member for each call that has a command that is ready or under way: the commands after that.
        self.waiting = {}

    def add(self, command):
        waiting = self.waiting.get(command.call)
        if waiting is None:
            self.waiting[command.call] = collections.deque()
            self.ready.put_nowait(command)
        else:
            waiting.append(command)

    def answered(self, command):
        """Lets the call's next command go."""
        waiting = self.waiting[command.call]
        if waiting:
            self.ready.put_nowait(waiting.popleft())
        else:
            del self.waiting[command.call]


class Command:
    def __init__(self, message, sessions):
        self.message = message
        body = json.loads(message.body)
        self.session = sessions[body.pop("agent")]
        self.call = body.pop("callId")
        self.operation = body["operationName"]
        self.url = yarl.URL(f"{self.session.gws}/api/v2/me/calls/{urllib.parse.quote(self.call, safe='')}", encoded=True)
        # What GWS gets is all but the address.
        self.body = json.dumps(body).encode()

    async def post(self):
        """What became of it."""
        outcome = {
            "commandId": self.message.message_id, "agent": self.session.agent, "callId": self.call, "operationName": self.operation,
            "outcome": "unknown", "final": True}
        try:
            async with self.session.client.post(self.url, data=self.body, headers=self.session.headers) as answer:
                outcome["httpStatus"] = answer.status
                said = json.loads(await answer.read())
                outcome["statusCode"] = said["statusCode"]
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            return outcome | {"reason": "cut", "detail": str(error)}
        except (ValueError, KeyError, TypeError):
            known = {"outcome": "refused", "reason": "gws"} if answer.status != 200 else {"reason": "gws-error"}
            return outcome | known
        if answer.status == 200 and said["statusCode"] == 0:
            outcome["outcome"] = "accepted"
        else:
            outcome |= {"outcome": "refused", "reason": "gws", "statusMessage": said.get("statusMessage")}
        return outcome


class Settler:
    """Acknowledges all commands that are settled by now at once, up to the first that is not."""

    def __init__(self):
        self.settled, self.acknowledged, self.news = {}, 0, asyncio.Event()

    def settle(self, message):
        self.settled[message.delivery_tag] = message
        self.news.set()

    async def run(self):
        while True:
            await self.news.wait()
            self.news.clear()
            last = None
            while message := self.settled.pop(self.acknowledged + 1, None):
                last = message
                self.acknowledged += 1
            if last:
                await last.ack(multiple=True)


class Commands:
    """Takes commands from the queue, as many as the window at a time; as many workers as there may be requests at once send them."""

    def __init__(self, sessions, exchange, ended):
        self.sessions, self.exchange, self.ended = sessions, exchange, ended
        self.lanes, self.settler, self.taken = Lanes(), Settler(), 0
        # The event loop itself does not hold a task.
        self.tasks = set()

    def begin(self, operation):
        task = asyncio.create_task(operation)
        self.tasks.add(task)
        task.add_done_callback(self.finished)

    def finished(self, task):
        self.tasks.discard(task)
        if not task.cancelled() and task.exception() and not self.ended.done():
            self.ended.set_exception(task.exception())

    def take(self, message):
        self.taken += 1
        try:
            self.lanes.add(Command(message, self.sessions))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            outcome = {"outcome": "rejected", "final": True, "reason": "malformed", "detail": repr(error)}
            self.begin(self.reply(message, outcome))

    async def work(self):
        while True:
            command = await self.lanes.ready.get()
            outcome = await command.post()
            self.lanes.answered(command)
            self.begin(self.reply(command.message, outcome))

    async def reply(self, message, outcome):
        if message.reply_to:
            # It returns when the broker has confirmed it.
            await self.exchange.publish(
                aio_pika.Message(
                    json.dumps(outcome).encode(), content_type="application/json", delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
                    correlation_id=message.correlation_id, type=outcome["outcome"]),
                routing_key=message.reply_to, mandatory=False)
        self.settler.settle(message)

    async def run(self, queue, concurrency):
        self.begin(self.settler.run())
        for _ in range(concurrency):
            self.begin(self.work())
        tag = await queue.consume(self.take)
        print("ready", flush=True)
        await self.ended
        # What was begun is settled before it ends.
        await queue.cancel(tag)
        deadline = asyncio.get_running_loop().time() + 10
        while self.settler.acknowledged < self.taken and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.01)
        for task in self.tasks:
            task.cancel()


async def run_commands(options, client, ended):
    sessions = await log_in(options, client)
    async with open_channel(options, ended) as publisher, open_channel(options, ended) as channel:
        await channel.set_qos(prefetch_count=options.window)
        queue = await channel.get_queue(options.queue, ensure=False)
        await Commands(sessions, publisher.default_exchange, ended).run(queue, options.concurrency)


class Feed:
    """An agent's Bayeux session. A batch is acknowledged by the next poll, which goes when the broker has confirmed all of it."""

    decoder = json.JSONDecoder()

    def __init__(self, session, exchange, window):
        self.session, self.exchange, self.window = session, exchange, window
        self.url = yarl.URL(f"{session.gws}/api/v2/notifications", encoded=True)
        self.requests, self.batch, self.is_acknowledged, self.client = 0, -1, False, None

    async def run(self):
        """Polls for ever, in as many sessions as that takes."""
        while True:
            try:
                while True:
                    answer = await self.connect()
                    if interval := answer.get("advice", {}).get("interval"):
                        await asyncio.sleep(interval / 1000)
            except (Refused, aiohttp.ClientError, asyncio.TimeoutError) as error:
                await self.begin_again(error)

    async def begin_again(self, error):
        while error:
            await asyncio.sleep(1)
            log.warning("agent %s begins again: %s", self.session.agent, error)
            try:
                await self.session.log_in()
                await self.subscribe()
                error = None
            except (Refused, aiohttp.ClientError, asyncio.TimeoutError) as another:
                error = another

    async def subscribe(self):
        """Ends when the first poll, which GWS does not hold, was answered."""
        self.client, self.batch = None, -1
        handshake = await self.ask(
            "/meta/handshake", version="1.0", supportedConnectionTypes=["long-polling"], ext={"ack": True})
        self.client, self.is_acknowledged = handshake.get("clientId"), bool(handshake.get("ext", {}).get("ack"))
        await self.ask("/meta/subscribe", subscription=["/v2/me/*", "/v2/me", "/notifications/services"])
        await self.connect(advice={"timeout": 0})

    async def connect(self, **more):
        if self.is_acknowledged:
            more["ext"] = {"ack": self.batch}
        answer = await self.ask("/meta/connect", connectionType="long-polling", **more)
        if self.is_acknowledged:
            self.batch = answer["ext"]["ack"]
        return answer

    async def ask(self, channel, **members):
        """Sends a message, and returns the reply to it when all notifications that came with it are confirmed."""
        self.requests += 1
        message = {"channel": channel, "id": str(self.requests)} | members
        if self.client:
            message["clientId"] = self.client
        async with self.session.client.post(
                self.url, data=json.dumps([message]).encode(), headers=self.session.headers) as answer:
            body = await answer.read()
        if answer.status != 200:
            raise Refused(f"{channel} was answered with {answer.status}")
        if answer.cookies:
            self.session.keep_cookies(answer)
        reply, publishes = {}, []
        try:
            for element, raw in self.elements(body.decode()):
                if element["channel"] == channel:
                    reply = element
                elif not element["channel"].startswith("/meta/"):
                    await self.window.acquire()
                    publishes.append(asyncio.create_task(self.publish(element.get("data", {}), raw)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Refused(f"the answer to {channel} is not understood: {error}") from error
        finally:
            if publishes:
                await asyncio.gather(*publishes)
        if not reply.get("successful"):
            raise Refused(f"{channel} did not succeed: {reply.get('error')}")
        return reply

    def elements(self, text):
        """Each element of an array, and the bytes that it came as."""
        at = text.index("[") + 1
        while True:
            while text[at] in " \t\r\n,":
                at += 1
            if text[at] == "]":
                return
            element, end = self.decoder.raw_decode(text, at)
            yield element, text[at:end].encode()
            at = end

    async def publish(self, data, raw):
        try:
            kind, key = described(data, self.session.agent)
            # It returns when the broker has confirmed it.
            await self.exchange.publish(
                aio_pika.Message(
                    raw, content_type="application/json", delivery_mode=aio_pika.DeliveryMode.PERSISTENT, type=kind),
                routing_key=key, mandatory=False)
        finally:
            self.window.release()


def described(data, agent):
    """The type of a message, and its routing key."""
    kind = data.get("notificationType") or data.get("messageType") or "-"
    if call := data.get("call", {}).get("id"):
        about, name = "call", call
    elif devices := data.get("devices"):
        about, name = "device", devices[0].get("id", "-")
    else:
        about, name = "agent", agent
    return kind, f"{about}.{segment(name)}.{segment(kind)}"


def segment(text):
    """A segment of a routing key may have no dots."""
    return text if text.isalnum() else urllib.parse.quote(text, safe="-_:@").replace(".", "%2E")


async def run_events(options, client, ended):
    sessions = await log_in(options, client)
    async with open_channel(options, ended) as channel:
        exchange = await channel.get_exchange(options.exchange, ensure=False)
        window = asyncio.Semaphore(options.window)
        feeds = [Feed(session, exchange, window) for session in sessions.values()]
        await all_of(feed.subscribe() for feed in feeds)
        print("ready", flush=True)
        running = asyncio.gather(*(feed.run() for feed in feeds))
        running.add_done_callback(lambda _: ended.done() or ended.set_exception(running.exception()))
        try:
            await ended
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def run(options):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    loop = asyncio.get_running_loop()
    ended = loop.create_future()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lambda: ended.done() or ended.set_result(None))
    # A poll is held for 30 s if nothing else was agreed on.
    connections, patience, work = {
        "commands": (options.concurrency, 10, run_commands), "events": (0, 90, run_events)}[options.mode]
    async with open_client(connections, patience) as client:
        await work(options, client, ended)


def main():
    logging.basicConfig(level=logging.WARNING)
    try:
        asyncio.run(run(arguments()))
    except (aio_pika.exceptions.AMQPError, OSError, Refused) as error:
        sys.exit(f"peer: {error}")


main()
