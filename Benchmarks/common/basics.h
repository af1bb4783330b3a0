// What stub, load and the C limit share: bytes that grow, numbers in text, clocks, TCP and one blocking HTTP request.
#ifndef BENCH_BASICS_H
#define BENCH_BASICS_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

__attribute__((noreturn, format(printf, 1, 2))) static inline void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

static inline void *must(void *memory) {
    if (!memory) fail("out of memory");
    return memory;
}

static inline uint64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static inline uint64_t wall_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return (uint64_t)time.tv_sec * 1000u + (uint64_t)time.tv_nsec / 1000000u;
}

// MARK: Bytes

struct bytes {
    char *at;
    size_t count, room;
};

static inline void make_room(struct bytes *bytes, size_t more) {
    if (bytes->count + more <= bytes->room) return;
    size_t room = bytes->room ? bytes->room : 512;
    while (room < bytes->count + more) room *= 2;
    bytes->at = must(realloc(bytes->at, room));
    bytes->room = room;
}

static inline void append(struct bytes *bytes, const void *from, size_t count) {
    make_room(bytes, count);
    memcpy(bytes->at + bytes->count, from, count);
    bytes->count += count;
}

static inline void append_text(struct bytes *bytes, const char *text) { append(bytes, text, strlen(text)); }

__attribute__((format(printf, 2, 3))) static inline void append_format(struct bytes *bytes, const char *format, ...) {
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    int count = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (count < 0 || (size_t)count >= sizeof text) fail("too long a text");
    append(bytes, text, (size_t)count);
}

static inline void drop_front(struct bytes *bytes, size_t count) {
    bytes->count -= count;
    memmove(bytes->at, bytes->at + count, bytes->count);
}

static inline void write_digits(char *at, unsigned width, uint64_t value) {
    while (width--) {
        at[width] = (char)('0' + value % 10);
        value /= 10;
    }
}

static inline uint64_t read_digits(const char *at, const char *end) {
    uint64_t value = 0;
    while (at < end && *at >= '0' && *at <= '9') value = value * 10 + (uint64_t)(*at++ - '0');
    return value;
}

/// The number that follows a member's name, in quotes or not; 0 where it is missing.
static inline uint64_t number_after(const char *name, const char *at, size_t count) {
    const char *found = memmem(at, count, name, strlen(name));
    if (!found) return 0;
    found += strlen(name);
    const char *end = at + count;
    while (found < end && (*found == '"' || *found == ':' || *found == ' ')) found++;
    return read_digits(found, end);
}

// MARK: The network

struct address {
    char host[256];
    char port[16];
};

/// Of `http://host:port/…`.
static inline struct address address_of(const char *url) {
    struct address address = {.port = "80"};
    const char *host = strstr(url, "://");
    host = host ? host + 3 : url;
    size_t length = strcspn(host, ":/");
    snprintf(address.host, sizeof address.host, "%.*s", (int)length, host);
    if (host[length] == ':')
        snprintf(address.port, sizeof address.port, "%.*s", (int)strcspn(host + length + 1, "/"), host + length + 1);
    return address;
}

static inline int connect_to(const struct address *address) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    if (getaddrinfo(address->host, address->port, &hints, &found)) fail("no such host: %s", address->host);
    int socket_fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_fd < 0 || connect(socket_fd, found->ai_addr, found->ai_addrlen))
        fail("connecting to %s:%s: %s", address->host, address->port, strerror(errno));
    freeaddrinfo(found);
    int on = 1;
    setsockopt(socket_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return socket_fd;
}

/// Many descriptors, for many agents.
static inline void allow_many_descriptors(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

// MARK: HTTP

struct http_answer {
    int status;
    /// Where the body is, and where it ends; 0 while the answer is not complete.
    size_t body, end;
};

/// Of a header in the head at `at`: its value, up to the end of the line. The name is to be in lower case.
static inline const char *header(const char *at, size_t head, const char *name, size_t *length) {
    size_t name_length = strlen(name);
    const char *end = at + head;
    for (const char *line = memchr(at, '\n', head); line && ++line < end; line = memchr(line, '\n', (size_t)(end - line))) {
        if ((size_t)(end - line) <= name_length || line[name_length] != ':' || strncasecmp(line, name, name_length)) continue;
        const char *value = line + name_length + 1;
        while (*value == ' ') value++;
        const char *stop = memchr(value, '\r', (size_t)(end - value));
        *length = (size_t)((stop ? stop : end) - value);
        return value;
    }
    return NULL;
}

static inline struct http_answer read_answer(const struct bytes *bytes) {
    struct http_answer answer = {0};
    char *blank = bytes->count ? memmem(bytes->at, bytes->count, "\r\n\r\n", 4) : NULL;
    if (!blank) return answer;
    answer.body = (size_t)(blank - bytes->at) + 4;
    size_t length;
    const char *value = header(bytes->at, answer.body, "content-length", &length);
    size_t end = answer.body + (value ? read_digits(value, value + length) : 0);
    if (end > bytes->count) return answer;
    answer.status = (int)read_digits(bytes->at + 9, bytes->at + 12);
    answer.end = end;
    return answer;
}

/// Sends a request and waits for the answer.
static inline struct http_answer ask(int socket_fd, const char *request, size_t count, struct bytes *into) {
    for (size_t sent = 0; sent < count;) {
        ssize_t now = send(socket_fd, request + sent, count - sent, MSG_NOSIGNAL);
        if (now <= 0) fail("sending: %s", strerror(errno));
        sent += (size_t)now;
    }
    into->count = 0;
    while (true) {
        make_room(into, 4096);
        ssize_t now = recv(socket_fd, into->at + into->count, 4096, 0);
        if (now <= 0) fail("the stub closed the connection");
        into->count += (size_t)now;
        struct http_answer answer = read_answer(into);
        if (answer.end) return answer;
    }
}

#endif
