// A GWS that is never what a measurement waits for: one thread, answers that are mostly made beforehand.
//
//   stub [--port 0] [--batch 64] [--confirm] [--hold 30000]
//
// It lets in any agent of a numeric name, answers every operation on a call with statusCode 0, and with --confirm follows it with the
// notification that a GWS would send. What it measures with is under /bench:
//
//   POST /bench/reset            forgets the order of operations, and what is still to be sent
//   POST /bench/start?count=N&rate=R&first=A&agents=M&calls=C
//                                sends N notifications about C calls of each of M agents: R a second, or with rate 0 as fast as polls
//                                take them
//   GET  /bench/stats            what was counted
#include <signal.h>
#include <sys/epoll.h>

#include "../common/basics.h"
#include "../common/notification.h"

struct connection {
    int fd;
    bool is_broken, waits_to_write;
    struct bytes in, out;
    /// The agent whose poll it holds.
    struct agent *poll;
};

struct call {
    uint64_t last_sequence;
};

struct agent {
    unsigned number, generation;
    bool acknowledges, is_connected;
    /// The held poll: its connection, the id of its message, when it is to be answered without news.
    struct connection *held;
    char held_id[24];
    uint64_t held_until;
    /// Messages that wait for a poll, each followed by a comma.
    struct bytes waiting;
    unsigned waiting_count;
    /// Messages of the last answer, until they are acknowledged.
    struct bytes unacknowledged;
    unsigned unacknowledged_count;
    uint64_t batch;
    /// Of a measurement at full speed: how many are still to come.
    uint64_t remaining, sequence;
    struct call *calls;
    uint64_t call_count;
};

static struct {
    uint64_t operations, repeated, skipped, unsequenced, refused, notifications, batches, again, polls;
} counted;

static struct agent *agents[100000];
static unsigned batch_limit = 64;
static uint64_t hold_ns = 30000ull * 1000000;
static bool confirms;
static int epoll_fd;

static struct {
    unsigned first, agents;
    uint64_t calls, left, rate, made, began;
} run;

static void add(int fd, struct connection *connection) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event)) fail("epoll: %s", strerror(errno));
}

static void flush(struct connection *connection) {
    struct bytes *out = &connection->out;
    if (!out->count || connection->is_broken) return;
    ssize_t sent = send(connection->fd, out->at, out->count, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) {
        connection->is_broken = true;
        return;
    }
    bool was_full = sent < 0 || (size_t)sent < out->count;
    if (sent > 0) drop_front(out, (size_t)sent);
    if (was_full == connection->waits_to_write) return;
    connection->waits_to_write = was_full;
    struct epoll_event event = {.events = was_full ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.ptr = connection};
    epoll_ctl(epoll_fd, EPOLL_CTL_MOD, connection->fd, &event);
}

static void answer(struct connection *connection, const char *status, const char *headers, const char *body, size_t count) {
    append_format(
        &connection->out, "HTTP/1.1 %s\r\nContent-Type: application/json;charset=UTF-8\r\n%sContent-Length: %zu\r\n\r\n", status,
        headers, count);
    append(&connection->out, body, count);
}

static void answer_text(struct connection *connection, const char *status, const char *body) {
    answer(connection, status, "", body, strlen(body));
}

static struct agent *agent_numbered(uint64_t number) {
    if (number == 0 || number >= sizeof agents / sizeof *agents) return NULL;
    if (!agents[number]) {
        agents[number] = must(calloc(1, sizeof(struct agent)));
        agents[number]->number = (unsigned)number;
    }
    return agents[number];
}

static struct call *call_of(struct agent *agent, uint64_t number) {
    if (number > 10000000) return NULL;
    if (number >= agent->call_count) {
        uint64_t count = number < 8 ? 8 : number * 2;
        agent->calls = must(realloc(agent->calls, count * sizeof *agent->calls));
        memset(agent->calls + agent->call_count, 0, (count - agent->call_count) * sizeof *agent->calls);
        agent->call_count = count;
    }
    return &agent->calls[number];
}

// MARK: Notifications

/// Makes of a measurement's messages as many as one answer may hold.
static void make_more(struct agent *agent) {
    uint64_t wall = wall_ms(), monotonic = now_ns();
    while (agent->remaining && agent->waiting_count < batch_limit) {
        struct notification values = {
            agent->number, agent->sequence % (run.calls ? run.calls : 1), agent->sequence + 1, monotonic, wall};
        append_notification(&agent->waiting, status_change, &values);
        append(&agent->waiting, ",", 1);
        agent->waiting_count++;
        agent->sequence++;
        agent->remaining--;
    }
}

static void answer_poll(struct agent *agent) {
    struct connection *connection = agent->held;
    agent->held = NULL;
    connection->poll = NULL;
    char reply[200];
    int length = agent->acknowledges
        ? snprintf(reply, sizeof reply, "{\"channel\":\"/meta/connect\",\"successful\":true,\"id\":\"%s\",\"ext\":{\"ack\":%llu}}]",
                   agent->held_id, (unsigned long long)++agent->batch)
        : snprintf(reply, sizeof reply, "{\"channel\":\"/meta/connect\",\"successful\":true,\"id\":\"%s\"}]", agent->held_id);
    append_format(
        &connection->out, "HTTP/1.1 200 OK\r\nContent-Type: application/json;charset=UTF-8\r\nContent-Length: %zu\r\n\r\n[",
        1 + agent->waiting.count + (size_t)length);
    append(&connection->out, agent->waiting.at ? agent->waiting.at : "", agent->waiting.count);
    append(&connection->out, reply, (size_t)length);
    if (agent->waiting_count) counted.batches++;
    counted.notifications += agent->waiting_count;
    if (agent->acknowledges) {
        struct bytes free = agent->unacknowledged;
        agent->unacknowledged = agent->waiting;
        agent->waiting = free;
        agent->unacknowledged_count = agent->waiting_count;
    }
    agent->waiting.count = agent->waiting_count = 0;
    flush(connection);
}

/// Answers the held poll if there is something to say.
static void notify(struct agent *agent) {
    if (!agent->held) return;
    if (agent->remaining) make_more(agent);
    if (agent->waiting_count) answer_poll(agent);
}

static void tell_change(struct agent *agent, uint64_t call, uint64_t sequence) {
    if (!agent->is_connected) return;
    struct notification values = {agent->number, call, sequence, now_ns(), wall_ms()};
    append_notification(&agent->waiting, attached_data_changed, &values);
    append(&agent->waiting, ",", 1);
    agent->waiting_count++;
    notify(agent);
}

static void let_go(struct agent *agent) {
    if (!agent->held) return;
    agent->held->poll = NULL;
    agent->held = NULL;
}

// MARK: Bayeux

static void read_id(const char *body, size_t count, char into[24]) {
    const char *found = memmem(body, count, "\"id\"", 4);
    into[0] = '0';
    into[1] = 0;
    if (!found) return;
    found += 4;
    const char *end = body + count;
    while (found < end && (*found == ':' || *found == ' ' || *found == '"')) found++;
    size_t length = 0;
    while (found + length < end && length < 23 && found[length] != '"' && found[length] != ',' && found[length] != '}') length++;
    memcpy(into, found, length);
    into[length] = 0;
}

static bool says(const char *body, size_t count, const char *text) { return memmem(body, count, text, strlen(text)) != NULL; }

static void connect_poll(
    struct connection *connection, struct agent *agent, const char *body, size_t count, const char *id) {
    counted.polls++;
    if (agent->held) {
        answer_text(agent->held, "500 Two polls", "");
        flush(agent->held);
        let_go(agent);
    }
    agent->held = connection;
    connection->poll = agent;
    snprintf(agent->held_id, sizeof agent->held_id, "%s", id);
    agent->held_until = now_ns() + hold_ns;
    bool is_again = false;
    if (agent->acknowledges && agent->unacknowledged.count) {
        is_again = number_after("\"ack\"", body, count) < agent->batch || says(body, count, "\"ack\":-1");
        if (is_again) {
            counted.again++;
            append(&agent->unacknowledged, agent->waiting.at, agent->waiting.count);
            struct bytes free = agent->waiting;
            agent->waiting = agent->unacknowledged;
            agent->unacknowledged = free;
            agent->waiting_count += agent->unacknowledged_count;
        }
        agent->unacknowledged.count = 0;
    }
    bool is_first = !agent->is_connected;
    agent->is_connected = true;
    if (is_again || is_first || says(body, count, "\"timeout\":0") || says(body, count, "\"timeout\": 0")) answer_poll(agent);
    else notify(agent);
}

static void bayeux(struct connection *connection, struct agent *session, const char *body, size_t count) {
    char id[24], reply[700];
    read_id(body, count, id);
    if (says(body, count, "/meta/handshake")) {
        let_go(session);
        session->generation++;
        session->is_connected = false;
        session->batch = 0;
        session->waiting.count = session->waiting_count = session->unacknowledged.count = 0;
        session->acknowledges = says(body, count, "\"ack\"");
        snprintf(
            reply, sizeof reply,
            "[{\"channel\":\"/meta/handshake\",\"successful\":true,\"id\":\"%s\",\"clientId\":\"%u.%u.bench\",\"version\":\"1.0\","
            "\"minimumVersion\":\"1.0\",\"supportedConnectionTypes\":[\"long-polling\"],\"advice\":{\"reconnect\":\"retry\","
            "\"interval\":0,\"timeout\":%llu}%s}]",
            id, session->number, session->generation, (unsigned long long)(hold_ns / 1000000),
            session->acknowledges ? ",\"ext\":{\"ack\":true}" : "");
        answer(connection, "200 OK", "Set-Cookie: BAYEUX_BROWSER=bench; Path=/; HttpOnly\r\n", reply, strlen(reply));
        return;
    }
    uint64_t number = number_after("\"clientId\"", body, count);
    struct agent *agent = number < sizeof agents / sizeof *agents ? agents[number] : NULL;
    char client[40];
    int length = agent ? snprintf(client, sizeof client, "%u.%u.bench", agent->number, agent->generation) : 0;
    bool is_known = agent && memmem(body, count, client, (size_t)length);
    const char *channel = says(body, count, "/meta/connect") ? "/meta/connect"
        : says(body, count, "/meta/disconnect")              ? "/meta/disconnect"
        : says(body, count, "/meta/unsubscribe")             ? "/meta/unsubscribe"
                                                             : "/meta/subscribe";
    if (!is_known) {
        snprintf(
            reply, sizeof reply,
            "[{\"channel\":\"%s\",\"successful\":false,\"id\":\"%s\",\"error\":\"402::Unknown client\",\"advice\":{\"reconnect\":"
            "\"handshake\",\"interval\":0}}]",
            channel, id);
        answer_text(connection, "200 OK", reply);
    } else if (!strcmp(channel, "/meta/connect")) {
        connect_poll(connection, agent, body, count, id);
    } else if (!strcmp(channel, "/meta/disconnect")) {
        if (agent->held) {
            agent->waiting.count = agent->waiting_count = 0;
            answer_poll(agent);
        }
        agent->generation++;
        agent->is_connected = false;
        snprintf(reply, sizeof reply, "[{\"channel\":\"/meta/disconnect\",\"successful\":true,\"id\":\"%s\"}]", id);
        answer_text(connection, "200 OK", reply);
    } else {
        // One answer for each message; of a subscription to several channels GWS's CometD repeats the list.
        struct bytes text = {0};
        for (const char *at = body, *end = body + count; (at = memmem(at, (size_t)(end - at), "/meta/", 6)); at += 6) {
            const char *next = memmem(at + 6, (size_t)(end - at) - 6, "/meta/", 6);
            size_t span = (size_t)((next ? next : end) - at);
            read_id(at, span, id);
            const char *list = memmem(at, span, "\"subscription\"", 14);
            size_t list_length = 0;
            if (list) {
                list = memchr(list, ':', span) + 1;
                while (*list == ' ') list++;
                const char *stop = *list == '[' ? strchr(list, ']') : strchr(list + 1, '"');
                list_length = stop ? (size_t)(stop - list) + 1 : 0;
            }
            append_format(
                &text, "%c{\"channel\":\"%s\",\"successful\":true,\"subscription\":%.*s,\"id\":\"%s\"}", text.count ? ',' : '[', channel,
                list_length ? (int)list_length : 2, list_length ? list : "\"\"", id);
        }
        append(&text, "]", 1);
        answer(connection, "200 OK", "", text.at, text.count);
        free(text.at);
    }
}

// MARK: What is measured

static uint64_t query(const char *path, size_t count, const char *name, uint64_t otherwise) {
    const char *found = memmem(path, count, name, strlen(name));
    return found ? read_digits(found + strlen(name), path + count) : otherwise;
}

static void bench(struct connection *connection, const char *path, size_t count) {
    char text[600];
    if (says(path, count, "/bench/start") || says(path, count, "/bench/reset")) {
        memset(&counted, 0, sizeof counted);
        run.left = 0;
        for (unsigned number = 0; number < sizeof agents / sizeof *agents; number++) {
            struct agent *agent = agents[number];
            if (!agent) continue;
            agent->remaining = agent->sequence = 0;
            agent->waiting.count = agent->waiting_count = 0;
            if (agent->calls) memset(agent->calls, 0, agent->call_count * sizeof *agent->calls);
        }
    }
    if (says(path, count, "/bench/start")) {
        uint64_t left = query(path, count, "count=", 0);
        run.first = (unsigned)query(path, count, "first=", 5001);
        run.agents = (unsigned)query(path, count, "agents=", 1);
        run.calls = query(path, count, "calls=", 10);
        run.rate = query(path, count, "rate=", 0);
        run.made = 0;
        run.began = now_ns();
        for (unsigned number = 0; number < run.agents && !run.rate; number++) {
            struct agent *agent = agent_numbered(run.first + number);
            if (!agent) continue;
            agent->remaining = left / run.agents + (number < left % run.agents);
            notify(agent);
        }
        run.left = run.rate ? left : 0;
    }
    unsigned held = 0;
    for (unsigned number = 0; number < sizeof agents / sizeof *agents; number++) held += agents[number] && agents[number]->held;
    snprintf(
        text, sizeof text,
        "{\"operations\":%llu,\"repeated\":%llu,\"skipped\":%llu,\"unsequenced\":%llu,\"refused\":%llu,\"notifications\":%llu,"
        "\"batches\":%llu,\"again\":%llu,\"polls\":%llu,\"held\":%u}",
        (unsigned long long)counted.operations, (unsigned long long)counted.repeated, (unsigned long long)counted.skipped,
        (unsigned long long)counted.unsequenced, (unsigned long long)counted.refused, (unsigned long long)counted.notifications,
        (unsigned long long)counted.batches, (unsigned long long)counted.again, (unsigned long long)counted.polls, held);
    answer_text(connection, "200 OK", text);
}

/// Makes what is due of a measurement at a steady rate, each agent in turn.
static void make_due(void) {
    uint64_t now = now_ns(), wall = wall_ms();
    uint64_t due = (uint64_t)((double)(now - run.began) * (double)run.rate / 1e9);
    while (run.left && run.made < due) {
        struct agent *agent = agent_numbered(run.first + (unsigned)(run.made % run.agents));
        run.made++;
        run.left--;
        if (!agent) continue;
        struct notification values = {agent->number, agent->sequence % (run.calls ? run.calls : 1), agent->sequence + 1, now, wall};
        agent->sequence++;
        append_notification(&agent->waiting, status_change, &values);
        append(&agent->waiting, ",", 1);
        agent->waiting_count++;
        notify(agent);
    }
}

static void answer_overdue(void) {
    uint64_t now = now_ns();
    for (unsigned number = 0; number < sizeof agents / sizeof *agents; number++)
        if (agents[number] && agents[number]->held && agents[number]->held_until <= now) answer_poll(agents[number]);
}

// MARK: HTTP

/// Whom the session cookie, or else the Basic header, stands for.
static struct agent *who(const char *head, size_t count, bool *has_session) {
    const char *cookie = memmem(head, count, "JSESSIONID=bench", 16);
    *has_session = cookie;
    if (cookie) return agent_numbered(read_digits(cookie + 16, head + count));
    size_t length;
    const char *basic = header(head, count, "authorization", &length);
    if (!basic || length < 7 || strncasecmp(basic, "basic ", 6)) return NULL;
    char name[64];
    unsigned bits = 0, have = 0, made = 0;
    for (size_t at = 6; at < length && made < sizeof name - 1; at++) {
        const char *letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", *letter = strchr(letters, basic[at]);
        if (!letter) break;
        bits = bits << 6 | (unsigned)(letter - letters);
        if ((have += 6) >= 8) name[made++] = (char)(bits >> (have -= 8));
    }
    return agent_numbered(read_digits(name, name + made));
}

static void get(struct connection *connection, struct agent *agent, bool has_session, const char *path, size_t count) {
    char headers[200] = "", body[1200];
    int length = snprintf(
        headers, sizeof headers, "X-CSRF-HEADER: X-CSRF-TOKEN\r\nX-CSRF-TOKEN: bench-token-%u\r\n", agent->number);
    if (!has_session)
        snprintf(
            headers + length, sizeof headers - (size_t)length, "Set-Cookie: JSESSIONID=bench%u; Path=/; HttpOnly\r\n", agent->number);
    if (count > 13 && !memcmp(path, "/me/calls/", 10)) {
        unsigned number;
        uint64_t call;
        struct bytes text = {0};
        if (!read_call_id(path + 10, count - 10, &number, &call) || number != agent->number || !call_of(agent, call)) {
            answer(connection, "404 Not Found", headers, "{\"statusCode\":6,\"statusMessage\":\"Not found\"}", 42);
            return;
        }
        struct notification values = {agent->number, call, call_of(agent, call)->last_sequence, now_ns(), wall_ms()};
        append_text(&text, "{\"statusCode\":0,\"call\":");
        append_notification(&text, call_resource, &values);
        append(&text, "}", 1);
        answer(connection, "200 OK", headers, text.at, text.count);
        free(text.at);
        return;
    }
    if (count >= 9 && !memcmp(path, "/me/calls", 9)) {
        snprintf(body, sizeof body, "{\"statusCode\":0,\"calls\":[]}");
    } else if (count >= 11 && !memcmp(path, "/me/devices", 11)) {
        snprintf(
            body, sizeof body,
            "{\"statusCode\":0,\"devices\":[{\"id\":\"27379f71-0f5a-42a1-b899-ea44567%05u\",\"deviceState\":\"Active\",\"userState\":"
            "{\"id\":\"9430250E-0A1B-421F-B372-F29E69366DED\",\"displayName\":\"Ready\",\"state\":\"Ready\"},\"phoneNumber\":\"%05u\","
            "\"e164Number\":\"\",\"telephonyNetwork\":\"Private\",\"doNotDisturb\":\"Off\",\"voiceEnvironmentUri\":"
            "\"http://gws.example:8090/api/v2/voice-environments/1\",\"capabilities\":[\"ForwardCallsOn\",\"DoNotDisturbOn\"]}]}",
            agent->number, agent->number);
    } else {
        snprintf(
            body, sizeof body,
            "{\"statusCode\":0,\"user\":{\"id\":\"%08u\",\"userName\":\"%u\",\"firstName\":\"Agent\",\"lastName\":\"%u\",\"roles\":"
            "[\"ROLE_AGENT\"],\"enabled\":true,\"features\":[{\"id\":\"api-voice\"},{\"id\":\"api-voice-recording\"}],\"uri\":"
            "\"http://gws.example:8090/api/v2/users/%08u\",\"path\":\"/users/%08u\"}}",
            agent->number, agent->number, agent->number, agent->number, agent->number);
    }
    answer(connection, "200 OK", headers, body, strlen(body));
}

static void operate(
    struct connection *connection, struct agent *agent, const char *path, size_t path_count, const char *body, size_t count) {
    counted.operations++;
    unsigned number;
    uint64_t id;
    struct call *call = NULL;
    if (path_count >= 10 + call_id_length && !memcmp(path, "/me/calls/", 10) && read_call_id(path + 10, path_count - 10, &number, &id)
        && number == agent->number)
        call = call_of(agent, id);
    uint64_t sequence = number_after("\"BenchSequence\"", body, count);
    if (!call || !sequence) {
        counted.unsequenced++;
    } else {
        if (sequence <= call->last_sequence) counted.repeated++;
        if (sequence > call->last_sequence + 1) counted.skipped++;
        call->last_sequence = sequence;
    }
    append_text(
        &connection->out,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json;charset=UTF-8\r\nContent-Length: 16\r\n\r\n{\"statusCode\":0}");
    if (confirms && call && sequence) tell_change(agent, id, sequence);
}

static void handle(struct connection *connection, const char *head, size_t head_count, const char *body, size_t count) {
    bool is_post = !memcmp(head, "POST ", 5);
    const char *path = head + (is_post ? 5 : 4), *end = memchr(path, ' ', head_count - 5);
    if (!end || (!is_post && memcmp(head, "GET ", 4))) {
        answer_text(connection, "405 Method Not Allowed", "");
        return;
    }
    size_t path_count = (size_t)(end - path);
    if (path_count > 7 && !memcmp(path, "/bench/", 7)) {
        bench(connection, path, path_count);
        return;
    }
    if (path_count < 7 || memcmp(path, "/api/v2", 7)) {
        answer_text(connection, "404 Not Found", "{\"statusCode\":6}");
        return;
    }
    path += 7;
    path_count -= 7;
    if (says(path, path_count, "/diagnostics/version")) {
        answer_text(connection, "200 OK", "{\"statusCode\":0,\"version\":\"8.5.202.96\"}");
        return;
    }
    bool has_session;
    struct agent *agent = who(head, head_count, &has_session);
    if (!agent) {
        counted.refused++;
        answer_text(connection, "403 Forbidden", "{\"statusCode\":20,\"statusMessage\":\"Access denied\"}");
    } else if (!is_post) {
        get(connection, agent, has_session, path, path_count);
    } else if (!has_session || !memmem(head, head_count, "bench-token-", 12)) {
        counted.refused++;
        answer_text(connection, "403 Forbidden", "Missing or invalid Csrf token");
    } else if (path_count >= 14 && !memcmp(path, "/notifications", 14)) {
        bayeux(connection, agent, body, count);
    } else {
        operate(connection, agent, path, path_count, body, count);
    }
}

/// Reads what has come, and handles every request that is complete.
static void receive(struct connection *connection) {
    struct bytes *in = &connection->in;
    make_room(in, 16384);
    ssize_t got = recv(connection->fd, in->at + in->count, in->room - in->count, MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN)) connection->is_broken = true;
    if (got <= 0) return;
    in->count += (size_t)got;
    size_t used = 0;
    while (true) {
        const char *head = in->at + used, *blank = memmem(head, in->count - used, "\r\n\r\n", 4);
        if (!blank) break;
        size_t head_count = (size_t)(blank - head) + 4, length, count = 0;
        const char *value = header(head, head_count, "content-length", &length);
        if (value) count = read_digits(value, value + length);
        if (in->count - used < head_count + count) break;
        handle(connection, head, head_count, head + head_count, count);
        used += head_count + count;
    }
    if (used) drop_front(in, used);
    flush(connection);
}

static int listen_on(uint16_t *port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(*port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof name;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&name, size) || listen(fd, 4096) || getsockname(fd, (struct sockaddr *)&name, &size))
        fail("port %u: %s", *port, strerror(errno));
    *port = ntohs(name.sin_port);
    return fd;
}

int main(int count, char **arguments) {
    uint16_t port = 0;
    for (int at = 1; at < count; at++) {
        const char *name = arguments[at];
        if (!strcmp(name, "--confirm")) confirms = true;
        else if (at + 1 == count) fail("a value is missing after %s", name);
        else if (!strcmp(name, "--port")) port = (uint16_t)atoi(arguments[++at]);
        else if (!strcmp(name, "--batch")) batch_limit = (unsigned)atoi(arguments[++at]);
        else if (!strcmp(name, "--hold")) hold_ns = strtoull(arguments[++at], NULL, 10) * 1000000;
        else fail("unknown: %s", name);
    }
    allow_many_descriptors();
    prepare_templates();
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    int listener = listen_on(&port);
    add(listener, NULL);
    printf("listening on http://127.0.0.1:%u, %zu bytes a notification\n", port, templates[status_change].length);
    fflush(stdout);
    uint64_t looked = now_ns();
    while (true) {
        struct epoll_event events[256];
        int ready = epoll_wait(epoll_fd, events, 256, run.left ? 1 : 500);
        for (int at = 0; at < ready; at++) {
            struct connection *connection = events[at].data.ptr;
            if (!connection) {
                for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
                    int on = 1;
                    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                    connection = must(calloc(1, sizeof *connection));
                    connection->fd = fd;
                    add(fd, connection);
                }
                continue;
            }
            if (events[at].events & EPOLLOUT) flush(connection);
            if (events[at].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(connection);
            if (!connection->is_broken) continue;
            // An event is one of a connection's only, so none that follows is about it.
            if (connection->poll) let_go(connection->poll);
            close(connection->fd);
            free(connection->in.at);
            free(connection->out.at);
            free(connection);
        }
        if (run.left) make_due();
        uint64_t now = now_ns();
        if (now - looked > 500000000) {
            looked = now;
            answer_overdue();
        }
    }
}
