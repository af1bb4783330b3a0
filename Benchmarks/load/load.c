// The load, and the drain that checks what came of it. Prints one JSON object.
//
//   load commands --amqp URL --gws URL --pid P,… --count N [--rate R] [--agents 20] [--first-agent 5001] [--calls 200]
//       N commands, R a second; without a rate all are in the queue before the program P, stopped meanwhile, sees the first.
//   load events   --amqp URL --gws URL --pid P,… --count N [--rate R] [--agents 20] [--first-agent 5001] [--calls 10] [--queue-type classic]
//       N notifications, R a second or as fast as they are taken. --calls is of each agent.
//
// Every command is to be answered once, with its correlation id, and those of a call are to reach GWS in their order (which the stub
// counts); every notification is to arrive, in the order of its agent, with every byte, and again at most under the same message id.
// The rate and P's CPU are those of the time between the first and the last tenth.
#include <poll.h>
#include <signal.h>

#include "../common/amqp.h"
#include "../common/basics.h"
#include "../common/notification.h"

static const char *amqp_url, *gws_url, *queue_type = "classic";
static uint64_t total, rate, calls;
static unsigned agents = 20, first_agent = 5001;
/// Of the program under test, which may be several processes.
static pid_t pids[64];
static unsigned pid_count;
/// After so many seconds without any news it is over.
static unsigned patience = 15;

static uint64_t done, lost, twice, disordered, damaged, strange, bad, confirmed, again;
static char first_bad[400];
static double *latencies;

// MARK: The program under test

static uint64_t cpu_ns(void) {
    uint64_t sum = 0;
    for (unsigned at = 0; at < pid_count; at++) {
        clockid_t clock;
        struct timespec time;
        if (clock_getcpuclockid(pids[at], &clock) || clock_gettime(clock, &time)) return 0;
        sum += (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
    }
    return sum;
}

static void signal_all(int number) {
    for (unsigned at = 0; at < pid_count; at++) kill(pids[at], number);
}

static void read_pids(const char *list) {
    for (char *end; *list; list = *end ? end + 1 : end) {
        if (pid_count == sizeof pids / sizeof *pids) fail("too many processes");
        pids[pid_count] = (pid_t)strtol(list, &end, 10);
        if (pids[pid_count++] <= 0) fail("no process: %s", list);
    }
}

static struct {
    uint64_t count, at, cpu;
} first_mark, last_mark;

/// To be called with every message that is done.
static void mark(void) {
    if (!first_mark.at && done >= (total + 9) / 10) {
        first_mark.count = done;
        first_mark.at = now_ns();
        first_mark.cpu = cpu_ns();
    }
    if (!last_mark.at && done >= total - total / 10) {
        last_mark.count = done;
        last_mark.at = now_ns();
        last_mark.cpu = cpu_ns();
    }
}

static int by_size(const void *one, const void *other) {
    double difference = *(const double *)one - *(const double *)other;
    return (difference > 0) - (difference < 0);
}

static void print_result(const char *stub) {
    double seconds = last_mark.at > first_mark.at ? (double)(last_mark.at - first_mark.at) / 1e9 : 0;
    double count = (double)(last_mark.count - first_mark.count);
    // Of the first tenth none counts: things were still to be made then.
    uint64_t skipped = done / 10;
    uint64_t timed = done > skipped ? done - skipped : 0;
    if (timed) qsort(latencies + skipped, timed, sizeof *latencies, by_size);
    double p50 = timed ? latencies[skipped + timed / 2] : 0, p99 = timed ? latencies[skipped + timed * 99 / 100] : 0;
    printf("{\"total\":%llu,\"done\":%llu,\"lost\":%llu,\"twice\":%llu,\"disordered\":%llu,\"damaged\":%llu,\"bad\":%llu,"
           "\"strange\":%llu,\"confirmed\":%llu,\"again\":%llu,"
           "\"seconds\":%.3f,\"rate\":%.1f,\"cpu\":%.3f,\"p50\":%.3f,\"p99\":%.3f,\"stub\":%s,\"firstBad\":\"",
           (unsigned long long)total, (unsigned long long)done, (unsigned long long)lost, (unsigned long long)twice,
           (unsigned long long)disordered, (unsigned long long)damaged, (unsigned long long)bad, (unsigned long long)strange,
           (unsigned long long)confirmed, (unsigned long long)again, seconds,
           seconds > 0 ? count / seconds : 0, count > 0 ? (double)(last_mark.cpu - first_mark.cpu) / 1e6 / count * 1000 : 0, p50, p99,
           stub);
    for (const char *at = first_bad; *at; at++) {
        if (*at == '"' || *at == '\\') putchar('\\');
        putchar((unsigned char)*at < 32 ? ' ' : *at);
    }
    printf("\"}\n");
}

/// POSTs to the stub, and gives the text of its answer.
static const char *ask_stub(const char *path) {
    static struct bytes answer;
    struct address address = address_of(gws_url);
    int fd = connect_to(&address);
    char request[400];
    int length =
        snprintf(request, sizeof request, "POST %s HTTP/1.1\r\nHost: bench\r\nContent-Length: 0\r\n\r\n", path);
    struct http_answer got = ask(fd, request, (size_t)length, &answer);
    close(fd);
    append(&answer, "", 1);
    return answer.at + got.body;
}

// MARK: Commands

/// By sequence: whether it was answered.
static bool *answered;

static void publish_command(amqp_connection_state_t connection, const char *reply_to, uint64_t sequence, uint64_t *of_call) {
    uint64_t number = sequence % calls;
    unsigned agent = first_agent + (unsigned)(number % agents);
    char id[call_id_length + 1] = "", body[300], key[80], correlation[60], message[60];
    write_call_id(id, agent, number / agents);
    int length = snprintf(
        body, sizeof body,
        "{\"agent\":\"%u\",\"callId\":\"%.32s\",\"operationName\":\"UpdateUserData\",\"userData\":{\"BenchSequence\":\"%012llu\"}}",
        agent, id, (unsigned long long)++of_call[number]);
    snprintf(key, sizeof key, "command.%u.UpdateUserData", agent);
    snprintf(correlation, sizeof correlation, "%llu-%llu", (unsigned long long)sequence, (unsigned long long)now_ns());
    snprintf(message, sizeof message, "bench-%d-%llu", (int)getpid(), (unsigned long long)sequence);
    amqp_basic_properties_t properties = {
        ._flags = AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_REPLY_TO_FLAG | AMQP_BASIC_CORRELATION_ID_FLAG
            | AMQP_BASIC_MESSAGE_ID_FLAG | AMQP_BASIC_CONTENT_TYPE_FLAG,
        .delivery_mode = 2,
        .reply_to = text(reply_to),
        .correlation_id = text(correlation),
        .message_id = text(message),
        .content_type = text("application/json")};
    must_amqp(
        amqp_basic_publish(
            connection, 1, text("gws.commands"), text(key), 0, 0, &properties, (amqp_bytes_t){(size_t)length, body}),
        "publishing");
}

static bool is_good(const char *body, size_t count) {
    const char *outcome = memmem(body, count, "\"outcome\"", 9);
    if (!outcome) {
        const char *status = memmem(body, count, "\"statusCode\"", 12);
        return status && number_after("\"statusCode\"", body, count) == 0;
    }
    size_t left = count - (size_t)(outcome - body);
    size_t span = left < 30 ? left : 30;
    return memmem(outcome, span, "\"accepted\"", 10) || memmem(outcome, span, "\"confirmed\"", 11);
}

static void take_reply(const struct delivery *delivery) {
    amqp_bytes_t id = delivery->properties->correlation_id;
    const char *at = id.bytes, *end = at + id.len;
    const char *dash = delivery->properties->_flags & AMQP_BASIC_CORRELATION_ID_FLAG ? memchr(at, '-', id.len) : NULL;
    uint64_t sequence = dash ? read_digits(at, dash) : total;
    if (sequence >= total) {
        strange++;
        return;
    }
    if (answered[sequence]) {
        twice++;
        return;
    }
    answered[sequence] = true;
    if (memmem(delivery->body, delivery->count, "\"confirmed\"", 11)) confirmed++;
    if (!is_good(delivery->body, delivery->count) && !bad++)
        snprintf(first_bad, sizeof first_bad, "%.*s", (int)delivery->count, delivery->body);
    latencies[done++] = (double)(now_ns() - read_digits(dash + 1, end)) / 1e6;
    mark();
}

// MARK: Events

/// By agent: the last sequence.
static uint64_t *last_of;
/// By agent and sequence: a hash of the id that the message had, where it had one.
static uint64_t *ids;
static uint64_t most_of_agent;

static uint64_t *id_of(const struct notification *values) {
    if (values->sequence > most_of_agent) fail("agent %u has more notifications than were made", values->agent);
    return &ids[(values->agent - first_agent) * most_of_agent + values->sequence - 1];
}

static uint64_t hash_of_id(const amqp_basic_properties_t *properties) {
    if (!(properties->_flags & AMQP_BASIC_MESSAGE_ID_FLAG)) return 0;
    uint64_t hash = 14695981039346656037u;
    const uint8_t *at = properties->message_id.bytes;
    for (size_t left = properties->message_id.len; left; left--) hash = (hash ^ *at++) * 1099511628211u;
    return hash;
}

static void take_event(const struct delivery *delivery) {
    static struct bytes expected;
    struct notification values = read_notification(delivery->body, delivery->count);
    if (values.agent < first_agent || values.agent >= first_agent + agents || !values.sequence) {
        strange++;
        return;
    }
    expected.count = 0;
    append_notification(&expected, status_change, &values);
    if (expected.count != delivery->count || memcmp(expected.at, delivery->body, delivery->count)) {
        if (!damaged++) snprintf(first_bad, sizeof first_bad, "%.*s", (int)delivery->count, delivery->body);
    }
    uint64_t *last = &last_of[values.agent - first_agent];
    uint64_t id = hash_of_id(delivery->properties);
    if (values.sequence <= *last) {
        // The same under the same id is the same, published once more: allowed, for at least once is promised.
        if (id && id == *id_of(&values)) again++;
        else twice++;
        return;
    }
    *id_of(&values) = id;
    if (values.sequence != *last + 1) disordered++;
    *last = values.sequence;
    if (done == total) {
        strange++;
        return;
    }
    latencies[done++] = (double)(now_ns() - values.time_ns) / 1e6;
    mark();
}

// MARK: Both

static void drain(
    amqp_connection_state_t connection, void (*take)(const struct delivery *), amqp_connection_state_t publisher,
    const char *reply_to, uint64_t *of_call) {
    struct assembly assembly = {0};
    uint64_t news = now_ns(), began = news, sent = publisher ? 0 : total;
    while (done < total && now_ns() - news < patience * 1000000000ull) {
        struct pollfd waits = {amqp_get_sockfd(connection), POLLIN, 0};
        if (!amqp_data_in_buffer(connection) && !amqp_frames_enqueued(connection)) poll(&waits, 1, sent < total ? 1 : 100);
        amqp_frame_t frame;
        struct delivery delivery;
        for (unsigned turns = 0; turns < 512 && next_frame(connection, &frame); turns++) {
            if (!assemble(&assembly, &frame, &delivery)) continue;
            take(&delivery);
            news = now_ns();
        }
        if (!assembly.is_open) amqp_maybe_release_buffers(connection);
        if (sent == total) continue;
        uint64_t due = (uint64_t)((double)(now_ns() - began) * (double)rate / 1e9);
        while (sent < total && sent < due) publish_command(publisher, reply_to, sent++, of_call);
        news = now_ns();
    }
    // Whoever answers twice may do so a little later.
    for (uint64_t end = now_ns() + 300000000; now_ns() < end;) {
        struct pollfd waits = {amqp_get_sockfd(connection), POLLIN, 0};
        if (!amqp_data_in_buffer(connection) && !amqp_frames_enqueued(connection)) poll(&waits, 1, 50);
        amqp_frame_t frame;
        struct delivery delivery;
        while (next_frame(connection, &frame))
            if (assemble(&assembly, &frame, &delivery)) take(&delivery);
    }
    lost = total - done;
}

/// Waits until the broker has confirmed so many.
static void await_confirms(amqp_connection_state_t connection, uint64_t count) {
    for (uint64_t confirmed = 0; confirmed < count;) {
        amqp_frame_t frame;
        must_amqp(amqp_simple_wait_frame(connection, &frame), "waiting for confirms");
        if (frame.frame_type != AMQP_FRAME_METHOD || frame.payload.method.id != AMQP_BASIC_ACK_METHOD)
            fail("the broker did not confirm a command");
        amqp_basic_ack_t *ack = frame.payload.method.decoded;
        confirmed = ack->multiple ? ack->delivery_tag : confirmed + 1;
        amqp_maybe_release_buffers(connection);
    }
}

static void run_commands(void) {
    ask_stub("/bench/reset");
    amqp_connection_state_t replies = open_amqp(amqp_url), publisher = open_amqp(amqp_url);
    amqp_queue_declare_ok_t *queue = amqp_queue_declare(replies, 1, amqp_empty_bytes, 0, 0, 1, 1, amqp_empty_table);
    must_reply(replies, "queue.declare");
    char reply_to[256];
    snprintf(reply_to, sizeof reply_to, "%.*s", (int)queue->queue.len, (char *)queue->queue.bytes);
    amqp_basic_consume(replies, 1, text(reply_to), amqp_empty_bytes, 0, 1, 1, amqp_empty_table);
    must_reply(replies, "basic.consume");
    answered = must(calloc(total, sizeof *answered));
    uint64_t *of_call = must(calloc(calls, sizeof *of_call));
    if (!rate) {
        signal_all(SIGSTOP);
        amqp_confirm_select(publisher, 1);
        for (uint64_t sequence = 0; sequence < total; sequence++) publish_command(publisher, reply_to, sequence, of_call);
        await_confirms(publisher, total);
        signal_all(SIGCONT);
    }
    drain(replies, take_reply, rate ? publisher : NULL, reply_to, of_call);
    print_result(ask_stub("/bench/stats"));
    amqp_connection_close(publisher, AMQP_REPLY_SUCCESS);
    amqp_connection_close(replies, AMQP_REPLY_SUCCESS);
}

static void run_events(void) {
    amqp_connection_state_t connection = open_amqp(amqp_url);
    bool is_transient = !strcmp(queue_type, "transient");
    amqp_table_entry_t entry = {
        .key = text("x-queue-type"), .value = {.kind = AMQP_FIELD_KIND_UTF8, .value.bytes = text(queue_type)}};
    amqp_table_t arguments = {1, &entry};
    const char *name = "bench.events";
    amqp_queue_declare(connection, 1, text(name), 0, !is_transient, is_transient, 0, is_transient ? amqp_empty_table : arguments);
    must_reply(connection, "queue.declare");
    amqp_queue_bind(connection, 1, text(name), text("gws.events"), text("call.#"), amqp_empty_table);
    must_reply(connection, "queue.bind");
    // Without acknowledgements: what the drain costs the broker, the program cannot have.
    amqp_basic_consume(connection, 1, text(name), amqp_empty_bytes, 0, 1, 1, amqp_empty_table);
    must_reply(connection, "basic.consume");
    last_of = must(calloc(agents, sizeof *last_of));
    most_of_agent = total / agents + 1;
    ids = must(calloc(agents * most_of_agent, sizeof *ids));
    char path[200];
    snprintf(
        path, sizeof path, "/bench/start?count=%llu&rate=%llu&first=%u&agents=%u&calls=%llu", (unsigned long long)total,
        (unsigned long long)rate, first_agent, agents, (unsigned long long)calls);
    ask_stub(path);
    drain(connection, take_event, NULL, NULL, NULL);
    char *stats = must(strdup(ask_stub("/bench/stats")));
    amqp_queue_delete(connection, 1, text(name), 0, 0);
    amqp_connection_close(connection, AMQP_REPLY_SUCCESS);
    print_result(stats);
}

int main(int count, char **arguments) {
    if (count < 2) fail("load commands|events …");
    for (int at = 2; at < count; at += 2) {
        const char *name = arguments[at], *value = at + 1 < count ? arguments[at + 1] : NULL;
        if (!value) fail("a value is missing after %s", name);
        if (!strcmp(name, "--amqp")) amqp_url = value;
        else if (!strcmp(name, "--gws")) gws_url = value;
        else if (!strcmp(name, "--pid")) read_pids(value);
        else if (!strcmp(name, "--count")) total = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--rate")) rate = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--agents")) agents = (unsigned)atoi(value);
        else if (!strcmp(name, "--first-agent")) first_agent = (unsigned)atoi(value);
        else if (!strcmp(name, "--calls")) calls = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--queue-type")) queue_type = value;
        else if (!strcmp(name, "--patience")) patience = (unsigned)atoi(value);
        else fail("unknown: %s", name);
    }
    if (!amqp_url || !gws_url || !total || !agents) fail("--amqp, --gws and --count are wanted");
    bool is_commands = !strcmp(arguments[1], "commands");
    if (!calls) calls = is_commands ? 200 : 10;
    latencies = must(calloc(total, sizeof *latencies));
    prepare_templates();
    if (is_commands) run_commands();
    else run_events();
    return 0;
}
