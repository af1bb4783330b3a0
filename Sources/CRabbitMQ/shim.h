#pragma once

// librabbitmq as a Clang module, and what Swift cannot say itself: variadic functions and
// function-like macros. Everything else is called directly from AMQP.

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <linux/sockios.h>
