// The messages that the stub sends, as a function of a few numbers, so that whoever gets one can tell whether a byte of it has changed.
#ifndef BENCH_NOTIFICATION_H
#define BENCH_NOTIFICATION_H

#include "basics.h"

enum { call_id_length = 32, sequence_digits = 12 };

/// What a call's id is made of: the agent's number in 5 digits, the call's in 18.
static inline void write_call_id(char *at, unsigned agent, uint64_t call) {
    memcpy(at, "BENCH00000CALL", 14);
    write_digits(at + 5, 5, agent);
    write_digits(at + 14, 18, call);
}

static inline bool read_call_id(const char *at, size_t count, unsigned *agent, uint64_t *call) {
    if (count < call_id_length || memcmp(at, "BENCH", 5) || memcmp(at + 10, "CALL", 4)) return false;
    *agent = (unsigned)read_digits(at + 5, at + 10);
    *call = read_digits(at + 14, at + 32);
    return true;
}

// Each run of one of these characters is a number of that many digits: # agent, @ call, ! sequence, ~ time of generation in ns of the
// monotonic clock, ^ the same in ms of the wall clock.
#define CALL_ID "BENCH#####CALL@@@@@@@@@@@@@@@@@@"
#define CALL_TEMPLATE                                                                                                  \
    "{\"id\":\"" CALL_ID "\",\"state\":\"Established\",\"callUuid\":\"" CALL_ID "\",\"connId\":\"006c03a7194aa020\","  \
    "\"deviceUri\":\"http://gws.example:8090/api/v2/devices/27379f71-0f5a-42a1-b899-ea44567#####\",\"participants\":[" \
    "{\"e164Number\":\"+4930901820#####\",\"formattedPhoneNumber\":\"+49 30 901820 #####\",\"phoneNumber\":"           \
    "\"030901820#####\",\"digits\":\"030901820#####\"}],\"dnis\":\"8001\",\"ani\":\"030901820#####\",\"callType\":"    \
    "\"Inbound\",\"capabilities\":[\"UpdateUserData\",\"DeleteUserData\",\"DeleteUserDataPair\",\"InitiateConference\"," \
    "\"AttachUserData\",\"Hangup\",\"SingleStepConference\",\"SingleStepTransfer\",\"SendDtmf\",\"ClearCall\",\"Hold\"," \
    "\"InitiateTransfer\",\"StartCallRecording\"],\"userData\":{\"BenchSequence\":\"!!!!!!!!!!!!\",\"BenchTime\":"     \
    "\"~~~~~~~~~~~~~~~~~~~\",\"PhoneNumber\":\"8001\",\"CustomerNumber\":\"DE-00#####\",\"CustomerName\":"             \
    "\"J\\u00f8rgen M\xc3\xbcller & S\xc3\xb6hne\",\"CustomerSegment\":\"Gold\",\"RTargetObjSelected\":"               \
    "\"Sales_German@StatServer.GA\",\"RVQID\":\"0K3VQ7T5R4F8J0C4H2P1\",\"RStrategyName\":\"Inbound_Main_V12\","        \
    "\"IVR_Menu\":\"2-1-4\",\"IVR_Language\":\"de-DE\",\"Case\":{\"id\":\"CAS-2026-00#####\",\"priority\":3,"          \
    "\"tags\":[\"invoice\",\"second call\"],\"note\":\"asked for \\\"Frau Weber\\\" \\u2013 call back by 17:30\"},"    \
    "\"IW_CaseUid\":\"c75165c3-6b0a-4f57-9d0a-1f4d8a5#####\",\"IW_BundleUid\":\"21516ee6-7c4e-4f0b-8f33-5ad29f1#####\"}," \
    "\"duration\":\"42\",\"mute\":\"Off\",\"recordingState\":\"Stopped\",\"supervisorListeningIn\":false,"             \
    "\"monitoredUserMuted\":false,\"monitoring\":false,\"uri\":\"http://gws.example:8090/api/v2/me/calls/" CALL_ID     \
    "\",\"path\":\"/calls/" CALL_ID "\",\"case\":[]}"
#define NOTIFICATION_TEMPLATE(type)                                                                                    \
    "{\"data\":{\"notificationType\":\"" type "\",\"call\":" CALL_TEMPLATE ",\"phoneNumber\":\"#####\",\"extensions\":" \
    "{\"BusinessCall\":1,\"WrapUpTime\":20,\"OriginationDN\":\"8001\",\"OriginationDN_location\":\"SIP_Berlin\"},"     \
    "\"messageType\":\"CallStateChangeMessage\",\"metrics\":{\"eventProcessing\":{\"nodeProcessingTimeNanos\":465232," \
    "\"serverGenerationTimestamp\":^^^^^^^^^^^^^,\"serverProcessingTimeTotalMs\":3}}},\"channel\":\"/v2/me/calls\"}"

struct template {
    const char *text;
    size_t length;
    unsigned runs;
    struct run {
        unsigned at, width;
        char mark;
    } run[40];
};

enum { status_change, attached_data_changed, call_resource, template_count };
static struct template templates[template_count] = {
    {.text = NOTIFICATION_TEMPLATE("StatusChange")},
    {.text = NOTIFICATION_TEMPLATE("AttachedDataChanged")},
    {.text = CALL_TEMPLATE},
};

static inline void prepare_templates(void) {
    for (struct template *each = templates; each < templates + template_count; each++) {
        each->length = strlen(each->text);
        for (size_t at = 0; at < each->length;) {
            char mark = each->text[at];
            // An @ of its own is only an @.
            if (!strchr("#@!~^", mark) || each->text[at + 1] != mark) {
                at++;
                continue;
            }
            size_t end = at;
            while (each->text[end] == mark) end++;
            if (each->runs == sizeof each->run / sizeof *each->run) fail("too many numbers in a template");
            each->run[each->runs++] = (struct run){(unsigned)at, (unsigned)(end - at), mark};
            at = end;
        }
    }
}

struct notification {
    unsigned agent;
    uint64_t call, sequence, time_ns, time_ms;
};

static inline void append_notification(struct bytes *bytes, int kind, const struct notification *values) {
    const struct template *template = &templates[kind];
    make_room(bytes, template->length);
    char *at = bytes->at + bytes->count;
    memcpy(at, template->text, template->length);
    for (const struct run *run = template->run; run < template->run + template->runs; run++) {
        uint64_t value = run->mark == '#' ? values->agent
            : run->mark == '@'            ? values->call
            : run->mark == '!'            ? values->sequence
            : run->mark == '~'            ? values->time_ns
                                          : values->time_ms;
        write_digits(at + run->at, run->width, value);
    }
    bytes->count += template->length;
}

/// The numbers of a message, whatever it is; the agent is 0 if it is none of these.
static inline struct notification read_notification(const char *at, size_t count) {
    struct notification values = {0};
    const char *call = memmem(at, count, "\"id\":\"BENCH", 11);
    if (!call || !read_call_id(call + 6, count - (size_t)(call + 6 - at), &values.agent, &values.call)) return values;
    values.sequence = number_after("\"BenchSequence\"", at, count);
    values.time_ns = number_after("\"BenchTime\"", at, count);
    values.time_ms = number_after("\"serverGenerationTimestamp\"", at, count);
    return values;
}

#endif
