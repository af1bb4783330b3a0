// The members of an object and the elements of an array, as spans of the text that they stand in. It looks at no more of a text than it
// has to, and takes for granted that it is JSON.
#ifndef BENCH_JSON_H
#define BENCH_JSON_H

#include "basics.h"

struct span {
    const char *at, *end;
};

static inline size_t length_of(struct span span) { return (size_t)(span.end - span.at); }

static inline const char *skip_space(const char *at, const char *end) {
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
    return at;
}

/// `at` is at the opening quote; gives what is after the closing one.
static inline const char *skip_string(const char *at, const char *end) {
    for (at++; at < end; at++) {
        at = memchr(at, '"', (size_t)(end - at));
        if (!at) return end;
        const char *back = at;
        while (back[-1] == '\\') back--;
        if ((at - back) % 2 == 0) return at + 1;
    }
    return end;
}

static inline const char *skip_value(const char *at, const char *end) {
    if (at < end && *at == '"') return skip_string(at, end);
    unsigned depth = 0;
    while (at < end) {
        switch (*at) {
        case '"': at = skip_string(at, end); continue;
        case '{':
        case '[': depth++; break;
        case '}':
        case ']':
            if (depth == 0) return at;
            if (--depth == 0) return at + 1;
            break;
        case ',':
            if (depth == 0) return at;
            break;
        default: break;
        }
        at++;
    }
    return end;
}

/// The next element of an array, or value of an object with its key. `rest` begins after the bracket.
static inline bool next_item(struct span *rest, struct span *key, struct span *value) {
    const char *at = skip_space(rest->at, rest->end);
    if (at < rest->end && *at == ',') at = skip_space(at + 1, rest->end);
    if (at >= rest->end || *at == ']' || *at == '}') return false;
    if (key) {
        key->at = at + 1;
        at = skip_string(at, rest->end);
        key->end = at - 1;
        at = skip_space(at, rest->end);
        at = skip_space(at < rest->end ? at + 1 : at, rest->end);
    }
    value->at = at;
    rest->at = value->end = skip_value(at, rest->end);
    while (value->end > value->at && (value->end[-1] == ' ' || value->end[-1] == '\n')) value->end--;
    return true;
}

static inline struct span inside(struct span span) {
    span.at = skip_space(span.at, span.end);
    if (span.at < span.end) span.at++;
    return span;
}

static inline bool is(struct span span, const char *text) {
    return length_of(span) == strlen(text) && !memcmp(span.at, text, length_of(span));
}

/// A string without its quotes; anything else as it is.
static inline struct span unquoted(struct span span) {
    if (length_of(span) >= 2 && *span.at == '"') {
        span.at++;
        span.end--;
    }
    return span;
}

static inline struct span member(struct span object, const char *name) {
    struct span rest = inside(object), key, value;
    while (next_item(&rest, &key, &value))
        if (is(key, name)) return value;
    return (struct span){NULL, NULL};
}

/// Where a member's value begins, up to the end of the object: for who wants something at its front.
static inline struct span enter(struct span object, const char *name) {
    struct span rest = inside(object), key, value;
    while (true) {
        const char *at = skip_space(rest.at, rest.end);
        if (at < rest.end && *at == ',') at = skip_space(at + 1, rest.end);
        if (at >= rest.end || *at != '"') return (struct span){NULL, NULL};
        const char *end = skip_string(at, rest.end);
        if (is((struct span){at + 1, end - 1}, name)) {
            at = skip_space(skip_space(end, rest.end) + 1, rest.end);
            return (struct span){at, rest.end};
        }
        if (!next_item(&rest, &key, &value)) return (struct span){NULL, NULL};
    }
}

#endif
