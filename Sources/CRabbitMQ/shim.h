#pragma once

// librabbitmq as a Clang module, and what Swift cannot say itself: variadic functions and
// function-like macros. Everything else is called directly from AMQP.

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

// amqp_login_with_properties is variadic: what follows the mechanism depends on it.

static inline amqp_rpc_reply_t crabbitmq_login_plain(
    amqp_connection_state_t state, const char *vhost, int frame_max, int heartbeat,
    const amqp_table_t *properties, const char *user, const char *password) {
    return amqp_login_with_properties(
        state, vhost, 1, frame_max, heartbeat, properties, AMQP_SASL_METHOD_PLAIN, user, password);
}

static inline amqp_rpc_reply_t crabbitmq_login_external(
    amqp_connection_state_t state, const char *vhost, int frame_max, int heartbeat,
    const amqp_table_t *properties, const char *identity) {
    return amqp_login_with_properties(
        state, vhost, 1, frame_max, heartbeat, properties, AMQP_SASL_METHOD_EXTERNAL, identity);
}

// The host check of librabbitmq 0.11 knows no name but the one it connects to, and errs with some
// certificates, so OpenSSL checks chain and name itself. What it found is kept in *verdict, as the
// library tells none of it. SSL_CTX_set_min_proto_version is a macro, the callback a C function.

static int crabbitmq_verify(X509_STORE_CTX *store, void *verdict) {
    int ok = X509_verify_cert(store);
    *(int *)verdict = ok == 1 ? X509_V_OK : X509_STORE_CTX_get_error(store);
    return ok;
}

static inline int crabbitmq_require_peer(void *context, const char *name, int *verdict) {
    SSL_CTX *ctx = (SSL_CTX *)context;
    X509_VERIFY_PARAM *param = SSL_CTX_get0_param(ctx);
    unsigned char address[16];
    int is_address = inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1;
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(ctx, crabbitmq_verify, verdict);
    return SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1
        && (is_address ? X509_VERIFY_PARAM_set1_ip_asc(param, name) == 1
                       : X509_VERIFY_PARAM_set1_host(param, name, 0) == 1);
}

// prctl is variadic. At most 15 characters.
static inline void crabbitmq_name_thread(const char *name) {
    prctl(PR_SET_NAME, name);
}
