"""What the measurements share: the broker, the stub, the programs to be compared, and one measurement of one of them."""
import glob
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pika

here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
root = os.path.dirname(here)


class Ended(Exception):
    pass


def until(what, seconds, is_so, process=None, pause=0.02):
    end = time.monotonic() + seconds
    while not is_so():
        if process and process.poll() is not None:
            raise Ended(f"it ended with {process.returncode} before {what}")
        if time.monotonic() > end:
            raise Ended(f"waited {seconds} s in vain for {what}")
        time.sleep(pause)


def build(*products):
    """For release and linked as in the image; gives the directory that they are in then."""
    for product in products:
        subprocess.run(
            ["swift", "build", "-c", "release", "--static-swift-stdlib", "--scratch-path", ".build-release", "--product", product],
            cwd=root, check=True, stdout=sys.stderr)
    return os.path.join(root, ".build-release", "release")


def build_c(source, target):
    subprocess.run(
        ["cc", "-std=gnu11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-o", target, os.path.join(here, source), "-lrabbitmq"],
        check=True)


def build_go(target):
    """Debian's packages are in a GOPATH, without modules."""
    environment = dict(os.environ, GO111MODULE="off", GOPATH="/usr/share/gocode", GOFLAGS="")
    if "HOME" not in environment:
        environment.setdefault("GOCACHE", target + ".cache")
    subprocess.run(["go", "build", "-o", target, "."], cwd=os.path.join(here, "peers", "go"), env=environment, check=True)


def memory(process):
    """Resident, now and at its highest, in MB."""
    with open(f"/proc/{process.pid}/status") as file:
        lines = dict(line.split(":", 1) for line in file)
    return tuple(int(lines[key].split()[0]) / 1024 for key in ("VmRSS", "VmHWM"))


def cpu_seconds(pid):
    """Of a process, to the nanosecond: clock_getcpuclockid(3), which Python does not have."""
    return time.clock_gettime(~pid << 3 | 2)


def start_broker(*options, stderr=None):
    """A node by Scripts/private-broker, and what that says of it. It goes at the end of its input."""
    broker = subprocess.Popen(
        [os.path.join(root, "Scripts", "private-broker"), *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr,
        text=True)
    facts = {}
    for line in broker.stdout:
        key, _, value = line.strip().partition(" ")
        if key == "ready":
            return broker, facts
        facts[key] = value
    raise Ended("the broker did not start")


def is_ready(console):
    try:
        with urllib.request.urlopen(f"{console}/readyz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def write_agents(work, count):
    with open(os.path.join(work, "agents.yaml"), "w") as file:
        file.write("agents:\n")
        for number in range(5001, 5001 + count):
            with open(os.path.join(work, f"password-{number}"), "w") as password:
                password.write(f"{number}\n")
            file.write(f'  - {{name: "{number}", password-file: password-{number}}}\n')


class Program:
    """Something that can be run as a bridge: how it is started, and what it takes to be told that it is ready."""

    def __init__(self, name, command, slow=1):
        self.name, self.command = name, command
        #: It gets so many times fewer messages, so that a round is not too long.
        self.slow = slow
        #: Whether it is run against the stub that makes changes seen.
        self.confirms = False

    def start(self, rig, mode, agents):
        arguments = [*self.command, mode, "--amqp", rig.amqp, "--gws", rig.gws, "--agents", str(agents)]
        process = rig.run(arguments, stdout=subprocess.PIPE, text=True)
        readable, _, _ = select.select([process.stdout], [], [], 120)
        line = process.stdout.readline().strip() if readable else "nothing"
        if line != "ready":
            # It would take from the next one.
            process.kill()
            raise Ended(f"{self.name} did not get ready: {line}")
        return process

    def url(self, rig):
        return rig.gws


class Bridge(Program):
    def __init__(self, name, directory, has_everything):
        super().__init__(name, [os.path.join(directory, "gws-bridge"), "run"])
        self.confirms = has_everything

    def start(self, rig, _mode, agents):
        write_agents(rig.work, agents)
        process = self.begin(rig, agents)
        try:
            until("readiness", 120, lambda: is_ready(process.console), process, 0.005)
        except Ended:
            process.kill()
            raise
        return process

    def begin(self, rig, agents, name="bridge", **settings):
        """Without waiting for it. It says so under its `console` when it is ready. The agents' file is to be there."""
        store = os.path.join(rig.work, f"store-{name}")
        shutil.rmtree(store, ignore_errors=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            console = free.getsockname()[1]
        switch = "on" if self.confirms else "off"
        environment = {
            "PATH": os.environ["PATH"],
            "GWS_BRIDGE_AMQP_URL": rig.amqp,
            "GWS_BRIDGE_GWS_URL": self.url(rig),
            # More than that at once are more than it connects in its time.
            "GWS_BRIDGE_GWS_LOGIN_RATE": "10000" if agents <= 100 else "250",
            "GWS_BRIDGE_AGENTS_FILE": os.path.join(rig.work, "agents.yaml"),
            "GWS_BRIDGE_CONSOLE_PORT": str(console),
            "GWS_BRIDGE_INSTANCE": name,
            "GWS_BRIDGE_LOG_LEVEL": "warning",
            "GWS_BRIDGE_STORE_DIRECTORY": store,
            "GWS_BRIDGE_STORE_LEDGER": switch,
            "GWS_BRIDGE_COMMANDS_CONFIRM": switch,
        } | {f"GWS_BRIDGE_{key.upper()}": str(value) for key, value in settings.items()}
        with open(rig.said, "a") as said:
            process = rig.run(self.command, env=environment, stderr=said)
        process.console = f"http://127.0.0.1:{console}"
        return process

    def url(self, rig):
        return rig.confirming if self.confirms else rig.gws


class Rig:
    """Broker and stubs, as long as the `with` lasts."""

    def __init__(self, work, nodes=1):
        self.work, self.node_count = work, nodes
        self.processes = []
        self.said = os.path.join(work, "bridge.log")

    def __enter__(self):
        for name in ("stub", "load"):
            build_c(f"{name}/{name}.c", self.tool(name))
        self.brokers, self.nodes, self.directories, urls, join = [], [], [], [], []
        for _ in range(self.node_count):
            broker, facts = start_broker(*join, stderr=open(os.path.join(self.work, "broker.log"), "a"))
            self.brokers.append(broker)
            join = join or ["--join", facts["directory"]]
            urls.append(facts["url"])
            self.directories.append(facts["directory"])
            with open(os.path.join(facts["directory"], "node.pid")) as file:
                self.nodes.append(int(file.read()))
        self.amqp = ",".join(urls)
        self.stubs = {}
        self.gws, self.confirming = self.stub(), self.stub("--confirm")
        return self

    def __exit__(self, *_):
        self.tell()
        for process in reversed(self.processes):
            if process.poll() is None:
                process.kill()
            process.wait()
        # A broker goes by itself at the end of its input.
        for broker in reversed(self.brokers):
            broker.stdin.close()
            broker.wait()

    @property
    def first_node(self):
        """Its URL, for who takes but one."""
        return self.amqp.split(",")[0]

    def tool(self, name):
        return os.path.join(self.work, name)

    def run(self, arguments, **options):
        process = subprocess.Popen(arguments, **options)
        self.processes.append(process)
        return process

    def control(self, *arguments):
        """rabbitmqctl, of the first node."""
        subprocess.run([os.path.join(root, "Scripts", "private-broker"), "ctl", self.directories[0], "--quiet", *arguments],
                       stdout=subprocess.DEVNULL, check=True)

    def stub(self, *options):
        process = self.run([self.tool("stub"), *options], stdout=subprocess.PIPE, text=True)
        url = process.stdout.readline().split(",")[0].split()[-1]
        self.stubs[url] = process.pid
        return url

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            raise Ended("it did not stop in 30 s") from None
        finally:
            self.processes.remove(process)
            self.tell()
        if code not in (0, -signal.SIGTERM):
            raise Ended(f"it exited with {code}")

    def tell(self):
        """What a bridge had to say, in short: it is silent unless something is amiss."""
        if not os.path.exists(self.said):
            return
        with open(self.said) as file:
            lines = file.read().splitlines()
        if lines:
            print(f"the bridge said {len(lines)} lines, of which the first: {lines[0]}", file=sys.stderr, flush=True)
        # Others may still add to it.
        os.truncate(self.said, 0)

    def declare(self, bridge):
        """What a bridge declares, the others find."""
        self.stop(bridge.start(self, "commands", 1))

    def empty(self):
        """Nothing of one measurement is left for the next."""
        with pika.BlockingConnection(pika.URLParameters(self.first_node)) as connection:
            for queue in ("gws.commands", "gws.dead-letters"):
                connection.channel().queue_purge(queue)

    def load(self, program, processes, mode, count, rate=0, agents=20, calls=0, more=()):
        """Has the program do it, be it one process or several, and gives what came of it; problems are sentences."""
        pids = ",".join(str(each.pid) for each in (processes if isinstance(processes, list) else [processes]))
        arguments = [
            self.tool("load"), mode, "--amqp", self.first_node, "--gws", program.url(self), "--pid", pids,
            "--count", str(count), "--rate", str(rate), "--agents", str(agents), "--calls", str(calls), *more]
        others = {"broker": self.nodes, "stub": [self.stubs[program.url(self)]]}

        def used():
            return {name: sum(map(cpu_seconds, pids)) for name, pids in others.items()}

        before, began = used(), time.monotonic()
        load = self.run(arguments, stdout=subprocess.PIPE, text=True)
        out, _ = load.communicate()
        seconds = time.monotonic() - began
        self.processes.remove(load)
        if load.returncode != 0:
            raise Ended(f"load ended with {load.returncode}")
        result = json.loads(out)
        result["problems"] = problems(mode, result)
        if mode == "commands" and program.confirms and result["confirmed"] != result["done"]:
            result["problems"].append(f"only {result['confirmed']} of {result['done']} confirmed")
        # Of one core: that neither stood in the way.
        result["shares"] = ", ".join(f"{name} {(after - before[name]) / seconds * 100:.0f} %" for name, after in used().items())
        return result


def problems(mode, result):
    found = [f"{result[key]} {key}" for key in ("lost", "twice", "disordered", "damaged", "bad", "strange") if result[key]]
    if mode == "commands":
        stub = result["stub"]
        found += [f"{stub[key]} operations {key}" for key in ("repeated", "skipped", "unsequenced", "refused") if stub[key]]
    if found and result["firstBad"]:
        found.append(result["firstBad"])
    return found


def programs(rig, directory, only, python=sys.executable):
    """All that can be run here, and why the others cannot."""
    able, unable = [], {}
    wanted = only.split(",") if only else None

    def wants(name):
        return wanted is None or any(name == each or name.startswith(each + " ") for each in wanted)

    if wants("c"):
        build_c("peers/c/limit.c", rig.tool("limit"))
        able.append(Program("c limit", [rig.tool("limit")]))
    for name, has_everything in (("bridge lean", False), ("bridge full", True)):
        if wants(name):
            able.append(Bridge(name, directory, has_everything))
    if wants("go"):
        if not glob.glob(os.path.join(here, "peers", "go", "*.go")):
            unable["go"] = "there is no program in peers/go"
        elif not shutil.which("go"):
            unable["go"] = "go is not installed (apt-get install golang golang-github-rabbitmq-amqp091-go-dev)"
        else:
            try:
                build_go(rig.tool("go-peer"))
                able.append(Program("go", [rig.tool("go-peer")]))
            except subprocess.CalledProcessError:
                unable["go"] = "it does not build"
    if wants("python"):
        found = sorted(glob.glob(os.path.join(here, "peers", "python", "peer*.py")))
        if not found:
            unable["python"] = "there is no program in peers/python"
        for path in found:
            name = "python" if len(found) == 1 else f"python {os.path.basename(path)[:-3]}"
            imports = "import aio_pika, aiohttp" + (", faststream" if "faststream" in name else "")
            if subprocess.run([python, "-c", imports], stderr=subprocess.DEVNULL).returncode != 0:
                unable[name] = f"a module is missing ({imports[7:]})"
            else:
                able.append(Program(name, [python, path], slow=4))
    return able, unable
