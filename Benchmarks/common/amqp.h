// Just as much of librabbitmq as stands in the way of the work: opening, failing, and frames into messages.
#ifndef BENCH_AMQP_H
#define BENCH_AMQP_H

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>

#include "basics.h"

static inline void must_amqp(int status, const char *what) {
    if (status < 0) fail("%s: %s", what, amqp_error_string2(status));
}

static inline void must_reply(amqp_connection_state_t connection, const char *what) {
    amqp_rpc_reply_t reply = amqp_get_rpc_reply(connection);
    if (reply.reply_type == AMQP_RESPONSE_NORMAL) return;
    if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION) fail("%s: %s", what, amqp_error_string2(reply.library_error));
    if (reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD) {
        amqp_channel_close_t *close = reply.reply.decoded;
        fail("%s: %.*s", what, (int)close->reply_text.len, (char *)close->reply_text.bytes);
    }
    fail("%s: the broker closed the connection", what);
}

static inline amqp_bytes_t text(const char *text) { return amqp_cstring_bytes(text); }

/// A connection with channel 1 open.
static inline amqp_connection_state_t open_amqp(const char *url) {
    char *parts = must(strdup(url));
    struct amqp_connection_info info;
    must_amqp(amqp_parse_url(parts, &info), url);
    amqp_connection_state_t connection = must(amqp_new_connection());
    must_amqp(amqp_socket_open(must(amqp_tcp_socket_new(connection)), info.host, info.port), url);
    amqp_rpc_reply_t reply =
        amqp_login(connection, info.vhost, 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, info.user, info.password);
    if (reply.reply_type != AMQP_RESPONSE_NORMAL) fail("the broker refused the login");
    amqp_channel_open(connection, 1);
    must_reply(connection, "channel.open");
    free(parts);
    return connection;
}

struct delivery {
    uint64_t tag;
    bool is_redelivered;
    const amqp_basic_properties_t *properties;
    const char *body;
    size_t count;
};

/// A message under way, of which frames have come.
struct assembly {
    bool is_open;
    uint64_t tag, size;
    bool is_redelivered;
    amqp_basic_properties_t *properties;
    struct bytes body;
};

/// Takes a frame of a delivery. What it says is good until the next frame is waited for.
static inline bool assemble(struct assembly *assembly, const amqp_frame_t *frame, struct delivery *delivery) {
    if (frame->frame_type == AMQP_FRAME_METHOD && frame->payload.method.id == AMQP_BASIC_DELIVER_METHOD) {
        const amqp_basic_deliver_t *deliver = frame->payload.method.decoded;
        assembly->is_open = true;
        assembly->tag = deliver->delivery_tag;
        assembly->is_redelivered = deliver->redelivered;
        assembly->body.count = 0;
        return false;
    }
    if (frame->frame_type == AMQP_FRAME_HEADER) {
        assembly->size = frame->payload.properties.body_size;
        assembly->properties = frame->payload.properties.decoded;
    } else if (frame->frame_type == AMQP_FRAME_BODY) {
        append(&assembly->body, frame->payload.body_fragment.bytes, frame->payload.body_fragment.len);
    } else {
        return false;
    }
    if (assembly->body.count < assembly->size) return false;
    assembly->is_open = false;
    *delivery = (struct delivery){
        assembly->tag, assembly->is_redelivered, assembly->properties, assembly->body.at, assembly->body.count};
    return true;
}

/// The next frame that has already come, or false.
static inline bool next_frame(amqp_connection_state_t connection, amqp_frame_t *frame) {
    struct timeval none = {0, 0};
    int status = amqp_simple_wait_frame_noblock(connection, frame, &none);
    if (status == AMQP_STATUS_TIMEOUT) return false;
    must_amqp(status, "reading from the broker");
    if (frame->frame_type != AMQP_FRAME_METHOD) return true;
    if (frame->payload.method.id == AMQP_CHANNEL_CLOSE_METHOD) {
        amqp_channel_close_t *close = frame->payload.method.decoded;
        fail("the broker closed the channel: %.*s", (int)close->reply_text.len, (char *)close->reply_text.bytes);
    }
    if (frame->payload.method.id == AMQP_CONNECTION_CLOSE_METHOD) fail("the broker closed the connection");
    return true;
}

#endif
