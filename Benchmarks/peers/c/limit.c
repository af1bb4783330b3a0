// The limit: what the work costs in C, on librabbitmq and epoll, in one thread, with nothing but the work. No ledger, no second try, no
// other connection when one breaks: whatever goes wrong ends it.
//
//   limit commands|events --amqp URL --gws URL [--agents 20] [--first-agent 5001] [--concurrency 64] [--window 512]
//                         [--queue gws.commands] [--exchange gws.events]
//
// commands: takes them from the queue, POSTs each, at most 64 at once and those of a call one after another, publishes the reply, and
// acknowledges the command when the broker has confirmed the reply.
// events: polls for each agent, publishes the very bytes of each data message, at most 512 unconfirmed, and acknowledges a batch by the
// next poll, when all of it is confirmed.
#include <signal.h>
#include <sys/epoll.h>

#include "../../common/amqp.h"
#include "../../common/basics.h"
#include "../../common/json.h"

static const char *amqp_url, *gws_url, *queue_name = "gws.commands", *exchange_name = "gws.events";
static unsigned agent_count = 20, first_agent = 5001, concurrency = 64, window = 512;

static struct address gws;
static amqp_connection_state_t broker;
static int epoll_fd;

// MARK: Sessions with GWS

/// A connection to GWS, that has one request under way at most.
struct connection {
    int fd;
    struct bytes in, out;
    /// What the request is for.
    struct command *command;
    struct agent *agent;
    struct connection *next_idle;
};

struct agent {
    unsigned number;
    /// The header lines that every request of its session has.
    char headers[400];
    // Of its notifications:
    struct connection *poll;
    char client[100];
    uint64_t request;
    /// The last batch, and how much of it is not confirmed yet.
    int64_t batch;
    unsigned unconfirmed;
    /// What of an answer is still to be published.
    struct span rest;
    size_t answer_end;
    bool is_waiting;
    struct agent *next_waiting;
};

static struct agent *agents;

static struct connection *open_connection(void) {
    struct connection *connection = must(calloc(1, sizeof *connection));
    connection->fd = connect_to(&gws);
    fcntl(connection->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, connection->fd, &event);
    return connection;
}

static void send_request(struct connection *connection) {
    // A request is smaller than a socket's buffer, and there is no other before it.
    ssize_t sent = send(connection->fd, connection->out.at, connection->out.count, MSG_NOSIGNAL);
    if (sent != (ssize_t)connection->out.count) fail("sending to GWS: %s", strerror(errno));
    connection->in.count = 0;
}

/// Reads what has come; whether the answer is complete.
static bool receive(struct connection *connection, struct http_answer *answer) {
    while (true) {
        make_room(&connection->in, 16384);
        size_t room = connection->in.room - connection->in.count;
        ssize_t got = recv(connection->fd, connection->in.at + connection->in.count, room, MSG_DONTWAIT);
        if (got < 0 && errno == EAGAIN) return false;
        if (got <= 0) fail("GWS closed a connection");
        connection->in.count += (size_t)got;
        *answer = read_answer(&connection->in);
        if (answer->end) return true;
    }
}

/// Keeps the cookies and the CSRF token that GWS gives.
static void log_in(struct agent *agent, int fd, struct bytes *answer) {
    char name[50], basic[80] = "", request[500];
    int length = snprintf(name, sizeof name, "%u:%u", agent->number, agent->number);
    const char *letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int at = 0, to = 0; at < length; at += 3) {
        unsigned three = (unsigned)name[at] << 16 | (at + 1 < length ? (unsigned)name[at + 1] << 8 : 0u)
            | (at + 2 < length ? (unsigned)name[at + 2] : 0u);
        for (int part = 0; part < 4; part++) basic[to++] = at + part <= length ? letters[three >> (18 - 6 * part) & 63] : '=';
    }
    int count = snprintf(
        request, sizeof request, "GET /api/v2/me HTTP/1.1\r\nHost: %s:%s\r\nAuthorization: Basic %s\r\n\r\n", gws.host, gws.port, basic);
    struct http_answer got = ask(fd, request, (size_t)count, answer);
    size_t cookie_length = 0, name_length = 0, token_length = 0;
    const char *cookie = header(answer->at, got.body, "set-cookie", &cookie_length);
    const char *header_name = header(answer->at, got.body, "x-csrf-header", &name_length);
    const char *token = header(answer->at, got.body, "x-csrf-token", &token_length);
    if (got.status != 200 || !cookie || !header_name || !token) fail("GWS did not let %u in", agent->number);
    const char *end = memchr(cookie, ';', cookie_length);
    if (end) cookie_length = (size_t)(end - cookie);
    snprintf(
        agent->headers, sizeof agent->headers,
        "Host: %s:%s\r\nCookie: %.*s; BAYEUX_BROWSER=bench\r\n%.*s: %.*s\r\nContent-Type: application/json\r\n", gws.host, gws.port, (int)cookie_length, cookie, (int)name_length, header_name, (int)token_length, token);
}

static void log_all_in(void) {
    agents = must(calloc(agent_count, sizeof *agents));
    struct bytes answer = {0};
    int fd = connect_to(&gws);
    for (unsigned at = 0; at < agent_count; at++) {
        agents[at].number = first_agent + at;
        log_in(&agents[at], fd, &answer);
    }
    close(fd);
    free(answer.at);
}

// MARK: Publishing

/// Of each publish that is not confirmed, whose it is: the command's or the agent's. By its number.
static void **unconfirmed;
static uint64_t published, confirmed;
static unsigned confirm_room;

static void publish(const char *exchange, amqp_bytes_t key, amqp_basic_properties_t *properties, struct span body, void *whose) {
    must_amqp(
        amqp_basic_publish(
            broker, 1, text(exchange), key, 0, 0, properties, (amqp_bytes_t){length_of(body), (void *)(uintptr_t)body.at}),
        "publishing");
    unconfirmed[++published % confirm_room] = whose;
}

/// Tells of each publish that the broker has confirmed; they come in any order.
static void take_confirm(const amqp_basic_ack_t *ack, void (*told)(void *)) {
    for (uint64_t tag = ack->multiple ? confirmed + 1 : ack->delivery_tag; tag <= ack->delivery_tag; tag++) {
        void **whose = &unconfirmed[tag % confirm_room];
        if (*whose) told(*whose);
        *whose = NULL;
    }
    while (confirmed < published && !unconfirmed[(confirmed + 1) % confirm_room]) confirmed++;
}

// MARK: Commands

struct command {
    uint64_t tag;
    struct agent *agent;
    struct lane *lane;
    struct bytes request, correlation, reply_to;
    struct command *next_in_lane;
    /// Of those that are ready, or free.
    struct command *next;
};

/// The commands of a call, the first of which is under way or about to be.
struct lane {
    char call[200];
    struct command *first, *last;
    struct lane *next;
};

enum { lane_buckets = 4096 };
static struct lane *lanes[lane_buckets], *free_lanes;
static struct command *commands, *free_commands, *first_ready, *last_ready;
static struct connection *idle;
static unsigned connections;
/// Delivery tags that are settled, by tag; all up to `acknowledged` are, and the broker knows of those up to `told`.
static bool *settled;
static uint64_t acknowledged, told;

static struct lane **find_lane(struct span call) {
    uint64_t hash = 14695981039346656037u;
    for (const char *at = call.at; at < call.end; at++) hash = (hash ^ (uint8_t)*at) * 1099511628211u;
    struct lane **lane = &lanes[hash % lane_buckets];
    while (*lane && !is(call, (*lane)->call)) lane = &(*lane)->next;
    return lane;
}

static void make_ready(struct command *command) {
    command->next = NULL;
    if (first_ready) last_ready->next = command;
    else first_ready = command;
    last_ready = command;
}

static void take_command(const struct delivery *delivery) {
    struct command *command = free_commands;
    if (!command) fail("more commands than the window");
    free_commands = command->next;
    struct span body = {delivery->body, delivery->body + delivery->count}, rest = inside(body), key, value, agent = {0}, call = {0};
    static struct bytes operation;
    operation.count = 0;
    while (next_item(&rest, &key, &value)) {
        if (is(key, "agent")) agent = unquoted(value);
        else if (is(key, "callId")) call = unquoted(value);
        else {
            append(&operation, operation.count ? "," : "{", 1);
            append(&operation, key.at - 1, (size_t)(value.end - key.at) + 1);
        }
    }
    append(&operation, "}", 1);
    uint64_t number = read_digits(agent.at, agent.end);
    if (!agent.at || !call.at || length_of(call) >= 200 || number < first_agent || number >= first_agent + agent_count)
        fail("a command for nobody");
    command->tag = delivery->tag;
    command->agent = &agents[number - first_agent];
    command->request.count = command->correlation.count = command->reply_to.count = 0;
    append_format(
        &command->request, "POST /api/v2/me/calls/%.*s HTTP/1.1\r\n%sContent-Length: %zu\r\n\r\n", (int)length_of(call), call.at,
        command->agent->headers, operation.count);
    append(&command->request, operation.at, operation.count);
    const amqp_basic_properties_t *properties = delivery->properties;
    if (properties->_flags & AMQP_BASIC_CORRELATION_ID_FLAG)
        append(&command->correlation, properties->correlation_id.bytes, properties->correlation_id.len);
    if (properties->_flags & AMQP_BASIC_REPLY_TO_FLAG)
        append(&command->reply_to, properties->reply_to.bytes, properties->reply_to.len);
    struct lane **found = find_lane(call), *lane = *found;
    if (!lane) {
        lane = free_lanes;
        free_lanes = lane->next;
        memcpy(lane->call, call.at, length_of(call));
        lane->call[length_of(call)] = 0;
        lane->first = NULL;
        lane->next = NULL;
        *found = lane;
    }
    command->lane = lane;
    command->next_in_lane = NULL;
    if (lane->first) {
        lane->last->next_in_lane = command;
        lane->last = command;
    } else {
        lane->first = lane->last = command;
        make_ready(command);
    }
}

static void send_ready(void) {
    while (first_ready && (idle || connections < concurrency)) {
        struct connection *connection = idle;
        if (connection) {
            idle = connection->next_idle;
        } else {
            connection = open_connection();
            connections++;
        }
        struct command *command = first_ready;
        first_ready = command->next;
        struct bytes free = connection->out;
        connection->out = command->request;
        command->request = free;
        connection->command = command;
        send_request(connection);
    }
}

static void settle(void *whose) {
    struct command *command = whose;
    settled[command->tag % window] = true;
    command->next = free_commands;
    free_commands = command;
}

static void answer_command(struct connection *connection, const struct http_answer *answer) {
    struct command *command = connection->command;
    struct span body = {connection->in.at + answer->body, connection->in.at + answer->end};
    struct span status = member(body, "statusCode");
    char reply[100];
    int length = snprintf(
        reply, sizeof reply, "{\"outcome\":\"%s\",\"httpStatus\":%d,\"statusCode\":%.*s}",
        answer->status == 200 && is(status, "0") ? "accepted" : "refused", answer->status, status.at ? (int)length_of(status) : 4,
        status.at ? status.at : "null");
    amqp_basic_properties_t properties = {
        ._flags = AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_CORRELATION_ID_FLAG | AMQP_BASIC_CONTENT_TYPE_FLAG,
        .delivery_mode = 2,
        .correlation_id = {command->correlation.count, command->correlation.at},
        .content_type = text("application/json")};
    publish("", (amqp_bytes_t){command->reply_to.count, command->reply_to.at}, &properties, (struct span){reply, reply + length}, command);
    connection->command = NULL;
    connection->next_idle = idle;
    idle = connection;
    // The next of its call may go.
    struct lane *lane = command->lane;
    lane->first = command->next_in_lane;
    if (lane->first) {
        make_ready(lane->first);
        return;
    }
    struct span call = {lane->call, lane->call + strlen(lane->call)};
    *find_lane(call) = lane->next;
    lane->next = free_lanes;
    free_lanes = lane;
}

// MARK: Events

static struct agent *first_waiting, *last_waiting;

static void write_request(struct connection *connection, struct agent *agent, const char *body) {
    connection->out.count = 0;
    append_text(&connection->out, "POST /api/v2/notifications HTTP/1.1\r\n");
    append_text(&connection->out, agent->headers);
    append_format(&connection->out, "Content-Length: %zu\r\n\r\n", strlen(body));
    append_text(&connection->out, body);
}

static void send_poll(struct agent *agent, bool is_immediate) {
    char body[400];
    snprintf(
        body, sizeof body,
        "[{\"channel\":\"/meta/connect\",\"clientId\":\"%s\",\"connectionType\":\"long-polling\"%s,\"ext\":{\"ack\":%lld},\"id\":\"%llu\"}]",
        agent->client, is_immediate ? ",\"advice\":{\"timeout\":0}" : "", (long long)agent->batch, (unsigned long long)++agent->request);
    write_request(agent->poll, agent, body);
    send_request(agent->poll);
}

/// One after another, waiting for each answer.
static void subscribe(struct agent *agent, struct bytes *answer) {
    agent->batch = -1;
    agent->poll = open_connection();
    agent->poll->agent = agent;
    fcntl(agent->poll->fd, F_SETFL, 0);
    const char *handshake = "[{\"channel\":\"/meta/handshake\",\"version\":\"1.0\",\"supportedConnectionTypes\":[\"long-polling\"],"
                            "\"ext\":{\"ack\":true},\"id\":\"h\"}]";
    write_request(agent->poll, agent, handshake);
    struct http_answer got = ask(agent->poll->fd, agent->poll->out.at, agent->poll->out.count, answer);
    struct span reply = {answer->at + got.body, answer->at + got.end}, rest = inside(reply), first;
    if (!next_item(&rest, NULL, &first)) fail("no answer to the handshake");
    struct span client = unquoted(member(first, "clientId"));
    snprintf(agent->client, sizeof agent->client, "%.*s", (int)length_of(client), client.at ? client.at : "");
    char body[300];
    snprintf(
        body, sizeof body, "[{\"channel\":\"/meta/subscribe\",\"clientId\":\"%s\",\"subscription\":\"/v2/me/calls\",\"id\":\"s\"}]",
        agent->client);
    write_request(agent->poll, agent, body);
    got = ask(agent->poll->fd, agent->poll->out.at, agent->poll->out.count, answer);
    if (!memmem(answer->at, answer->count, "\"successful\":true", 17)) fail("%u may not subscribe", agent->number);
    fcntl(agent->poll->fd, F_SETFL, O_NONBLOCK);
    send_poll(agent, true);
}

static void publish_event(struct agent *agent, struct span message, struct span data) {
    struct span call = unquoted(member(enter(data, "call"), "id")), type = unquoted(member(data, "notificationType"));
    char key[256];
    int length = snprintf(key, sizeof key, "call.%.*s.%.*s", (int)length_of(call), call.at ? call.at : "-", (int)length_of(type),
        type.at ? type.at : "-");
    amqp_basic_properties_t properties = {
        ._flags = AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_TYPE_FLAG | AMQP_BASIC_CONTENT_TYPE_FLAG,
        .delivery_mode = 2,
        .type = {length_of(type), (void *)(uintptr_t)type.at},
        .content_type = text("application/json")};
    publish(exchange_name, (amqp_bytes_t){(size_t)length, key}, &properties, message, agent);
    agent->unconfirmed++;
}

/// Publishes of the agent's answer what the window has room for. When all of it is confirmed, the next poll goes.
static void publish_rest(struct agent *agent) {
    struct span message;
    while (published - confirmed < window) {
        message.at = skip_space(agent->rest.at, agent->rest.end);
        if (message.at < agent->rest.end && *message.at == ',') message.at = skip_space(message.at + 1, agent->rest.end);
        if (message.at >= agent->rest.end || *message.at != '{') {
            agent->is_waiting = false;
            if (!agent->unconfirmed) send_poll(agent, false);
            return;
        }
        // It ends where its members do; so each byte is looked at once.
        struct span rest = {message.at + 1, agent->rest.end}, key, value, channel = {0}, data = {0}, ext = {0};
        while (next_item(&rest, &key, &value)) {
            if (is(key, "channel")) channel = unquoted(value);
            else if (is(key, "data")) data = value;
            else if (is(key, "ext")) ext = value;
        }
        message.end = agent->rest.at = skip_space(rest.at, rest.end) + 1;
        if (length_of(channel) >= 6 && !memcmp(channel.at, "/meta/", 6)) {
            struct span ack = ext.at ? member(ext, "ack") : ext;
            if (ack.at) agent->batch = (int64_t)read_digits(ack.at, ack.end);
            if (!memmem(message.at, length_of(message), "\"successful\":true", 17)) fail("GWS ended the notifications of %u", agent->number);
        } else {
            publish_event(agent, message, data);
        }
    }
    agent->is_waiting = true;
    agent->next_waiting = NULL;
    if (first_waiting) last_waiting->next_waiting = agent;
    else first_waiting = agent;
    last_waiting = agent;
}

static void answer_poll(struct agent *agent, const struct http_answer *answer) {
    if (answer->status != 200) fail("a poll of %u was answered with %d", agent->number, answer->status);
    agent->rest = inside((struct span){agent->poll->in.at + answer->body, agent->poll->in.at + answer->end});
    publish_rest(agent);
}

static void event_confirmed(void *whose) {
    struct agent *agent = whose;
    if (--agent->unconfirmed == 0 && !agent->is_waiting) send_poll(agent, false);
}

static void go_on_publishing(void) {
    while (first_waiting && published - confirmed < window) {
        struct agent *agent = first_waiting;
        first_waiting = agent->next_waiting;
        publish_rest(agent);
    }
}

// MARK: Both

static void prepare_commands(void) {
    log_all_in();
    commands = must(calloc(window, sizeof *commands));
    settled = must(calloc(window, sizeof *settled));
    struct lane *all = must(calloc(window, sizeof *all));
    for (unsigned at = 0; at < window; at++) {
        commands[at].next = free_commands;
        free_commands = &commands[at];
        all[at].next = free_lanes;
        free_lanes = &all[at];
    }
    amqp_basic_qos(broker, 1, 0, (uint16_t)window, 0);
    must_reply(broker, "basic.qos");
    amqp_basic_consume(broker, 1, text(queue_name), amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
    must_reply(broker, "basic.consume");
}

static void prepare_events(void) {
    log_all_in();
    struct bytes answer = {0};
    for (unsigned at = 0; at < agent_count; at++) subscribe(&agents[at], &answer);
    free(answer.at);
}

/// Acknowledges all commands that are settled, up to the first that is not.
static void acknowledge(void) {
    while (settled[(acknowledged + 1) % window]) settled[++acknowledged % window] = false;
    if (acknowledged == told) return;
    must_amqp(amqp_basic_ack(broker, 1, told = acknowledged, true), "acknowledging");
}

static void read_broker(bool is_commands, struct assembly *assembly) {
    amqp_frame_t frame;
    struct delivery delivery;
    while (next_frame(broker, &frame)) {
        if (frame.frame_type == AMQP_FRAME_METHOD && frame.payload.method.id == AMQP_BASIC_ACK_METHOD)
            take_confirm(frame.payload.method.decoded, is_commands ? settle : event_confirmed);
        else if (frame.frame_type == AMQP_FRAME_METHOD && frame.payload.method.id == AMQP_BASIC_NACK_METHOD)
            fail("the broker refused a message");
        else if (assemble(assembly, &frame, &delivery)) take_command(&delivery);
    }
    if (!assembly->is_open) amqp_maybe_release_buffers(broker);
}

static void work(bool is_commands) {
    struct assembly assembly = {0};
    unsigned polls_to_come = is_commands ? 0 : agent_count;
    if (is_commands) puts("ready");
    fflush(stdout);
    struct epoll_event broker_event = {.events = EPOLLIN, .data.ptr = NULL}, events[128];
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, amqp_get_sockfd(broker), &broker_event);
    while (true) {
        bool has_more = amqp_data_in_buffer(broker) || amqp_frames_enqueued(broker);
        int count = epoll_wait(epoll_fd, events, 128, has_more ? 0 : 1000);
        if (count < 0 && errno != EINTR) fail("epoll: %s", strerror(errno));
        for (int at = 0; at < count; at++) {
            struct connection *connection = events[at].data.ptr;
            struct http_answer answer;
            if (!connection) {
                has_more = true;
            } else if (!connection->agent && !connection->command) {
                fail("GWS closed a connection");
            } else if (receive(connection, &answer)) {
                if (is_commands) answer_command(connection, &answer);
                else answer_poll(connection->agent, &answer);
                if (polls_to_come && !--polls_to_come) {
                    puts("ready");
                    fflush(stdout);
                }
            }
        }
        if (has_more || count == 0) read_broker(is_commands, &assembly);
        if (is_commands) {
            acknowledge();
            send_ready();
        } else {
            go_on_publishing();
        }
    }
}

static void end(int number) {
    (void)number;
    _exit(0);
}

int main(int count, char **arguments) {
    if (count < 2) fail("limit commands|events …");
    for (int at = 2; at < count; at += 2) {
        const char *name = arguments[at], *value = at + 1 < count ? arguments[at + 1] : NULL;
        if (!value) fail("a value is missing after %s", name);
        if (!strcmp(name, "--amqp")) amqp_url = value;
        else if (!strcmp(name, "--gws")) gws_url = value;
        else if (!strcmp(name, "--agents")) agent_count = (unsigned)atoi(value);
        else if (!strcmp(name, "--first-agent")) first_agent = (unsigned)atoi(value);
        else if (!strcmp(name, "--concurrency")) concurrency = (unsigned)atoi(value);
        else if (!strcmp(name, "--window")) window = (unsigned)atoi(value);
        else if (!strcmp(name, "--queue")) queue_name = value;
        else if (!strcmp(name, "--exchange")) exchange_name = value;
        else fail("unknown: %s", name);
    }
    if (!amqp_url || !gws_url) fail("--amqp and --gws are wanted");
    signal(SIGTERM, end);
    signal(SIGPIPE, SIG_IGN);
    allow_many_descriptors();
    gws = address_of(gws_url);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    broker = open_amqp(amqp_url);
    amqp_confirm_select(broker, 1);
    must_reply(broker, "confirm.select");
    confirm_room = window * 2;
    unconfirmed = must(calloc(confirm_room, sizeof *unconfirmed));
    bool is_commands = !strcmp(arguments[1], "commands");
    if (is_commands) prepare_commands();
    else prepare_events();
    work(is_commands);
}
