/* listen and endpoint: where a service is found. */
#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include "schema/pattern.h"
#include "schema/scalar.h"

static bool port_read(const char **at, uint16_t *ret_port)
{
	const char *from = *at;
	uint64_t port = 0;

	if (!number_read(&from, UINT16_MAX, &port) || !port)
		return false;
	*at = from;
	*ret_port = (uint16_t)port;
	return true;
}

/* The host before the last colon, without the brackets of an IPv6 address; NULL where there
 * is none or the brackets do not match.  *at moves behind the colon. */
static const char *host_read(struct arena *arena, const char **at, bool *ret_bracketed)
{
	const char *text = *at, *colon = strrchr(text, ':');
	bool bracketed = text[0] == '[';

	if (!colon || colon == text || (bracketed && (colon[-1] != ']' || colon - text < 3)))
		return NULL;
	*at = colon + 1;
	*ret_bracketed = bracketed;
	return bracketed ? arena_strndup(arena, text + 1, (size_t)(colon - text) - 2)
			 : arena_strndup(arena, text, (size_t)(colon - text));
}

static void host_print(const char *host, struct text *text)
{
	text_addf(text, strchr(host, ':') ? "[%s]:" : "%s:", host);
}

/* ---- listen ---- */

static bool listen_parse(struct arena *arena, const char *text, void *value)
{
	struct listen listen = {};
	bool bracketed = false;

	if (strchr(text, ':')) {
		const char *host = host_read(arena, &text, &bracketed);
		if (!host || !address_parse(host, &listen.address) ||
		    bracketed != (listen.address.family == AF_INET6))
			return false;
	}
	if (!port_read(&text, &listen.first))
		return false;
	listen.last = listen.first;
	if (*text == '-') {
		text++;
		if (!port_read(&text, &listen.last) || listen.last < listen.first)
			return false;
	}
	listen.udp = string_equal(text, "/udp");
	if (!listen.udp && !string_equal(text, "/tcp"))
		return false;
	*(struct listen *)value = listen;
	return true;
}

static const char *listen_hint(struct arena *arena, const char *text)
{
	struct listen listen = {};

	if (listen_parse(arena, arena_printf(arena, "%s/tcp", text), &listen))
		return arena_printf(arena, "add the protocol: %s/tcp or %s/udp", text, text);
	if (string_starts(text, "tcp/") || string_starts(text, "udp/")) {
		const char *turned = arena_printf(arena, "%s/%.3s", text + 4, text);
		if (listen_parse(arena, turned, &listen))
			return arena_printf(arena, "write %s", turned);
	}
	return "as in 8080/tcp, 8000-8010/tcp, 10.0.0.1:53/udp or [fd00::1]:80/tcp";
}

static int listen_read(struct arena *arena, const struct field *field, const struct node *node,
		       void *value, struct faults *faults)
{
	static const struct scalar listen = { &type_listen, listen_parse, listen_hint };

	return scalar_read(&listen, arena, field, node, value, faults);
}

static void listen_print(const void *value, struct text *text)
{
	const struct listen *listen = value;

	if (listen->address.family)
		host_print(address_text(text->arena, &listen->address), text);
	text_addf(text, "%u", listen->first);
	if (listen->last != listen->first)
		text_addf(text, "-%u", listen->last);
	text_add(text, listen->udp ? "/udp" : "/tcp");
}

static bool listen_equal(const void *a, const void *b)
{
	const struct listen *first = a, *second = b;

	return address_compare(&first->address, &second->address) == 0 &&
	       first->first == second->first && first->last == second->last &&
	       first->udp == second->udp;
}

const struct type type_listen = {
	.name = "a port to listen on, like 8080/tcp",
	.json_type = "string",
	.json_pattern = "^((" PATTERN_IPV4 "|\\[" PATTERN_IPV6 "\\]):)?" PATTERN_PORT
			"(-" PATTERN_PORT ")?/(tcp|udp)$",
	.size = sizeof(struct listen),
	.read = listen_read,
	.print = listen_print,
	.equal = listen_equal,
};

/* ---- endpoint ---- */

enum { HOST_SIZE_MAX = 253 };
#define PATTERN_HOST "[A-Za-z0-9]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?"

static bool is_host_name(const char *host)
{
	size_t size = strlen(host);

	if (!size || size > HOST_SIZE_MAX || !isalnum((unsigned char)host[0]) ||
	    !isalnum((unsigned char)host[size - 1]))
		return false;
	for (; *host; host++)
		if ((unsigned char)*host >= 0x80 ||
		    (!isalnum((unsigned char)*host) && !strchr("_.-", *host)))
			return false;
	return true;
}

/* The host as it is printed, or NULL.  Only digits and dots must be an IPv4 address. */
static const char *host_check(struct arena *arena, const char *host, bool bracketed)
{
	struct address address = {};
	bool is_address = address_parse(host, &address);

	if (is_address)
		return bracketed == (address.family == AF_INET6) ? address_text(arena, &address)
								 : NULL;
	if (bracketed || !is_host_name(host) ||
	    (strchr(host, '.') && !host[strspn(host, "0123456789.")]))
		return NULL;
	return host;
}

static bool endpoint_parse(struct arena *arena, const char *text, void *value)
{
	struct endpoint endpoint = {};
	bool bracketed = false;
	const char *host = host_read(arena, &text, &bracketed);

	endpoint.host = host ? host_check(arena, host, bracketed) : NULL;
	if (!endpoint.host || !port_read(&text, &endpoint.port) || *text)
		return false;
	*(struct endpoint *)value = endpoint;
	return true;
}

static const char *endpoint_hint(struct arena *arena, const char *text)
{
	struct address address = {};

	if (address_parse(text, &address) && address.family == AF_INET6)
		return arena_printf(arena, "write [%s]:PORT", text);
	if (is_host_name(text))
		return arena_printf(arena, "add the port, like %s:80", text);
	return "as in web-1:80, 10.0.0.5:80 or [fd00::5]:80";
}

static int endpoint_read(struct arena *arena, const struct field *field, const struct node *node,
			 void *value, struct faults *faults)
{
	static const struct scalar endpoint = { &type_endpoint, endpoint_parse, endpoint_hint };

	return scalar_read(&endpoint, arena, field, node, value, faults);
}

static void endpoint_print(const void *value, struct text *text)
{
	const struct endpoint *endpoint = value;

	if (!endpoint->host)
		return;
	host_print(endpoint->host, text);
	text_addf(text, "%u", endpoint->port);
}

static bool endpoint_equal(const void *a, const void *b)
{
	const struct endpoint *first = a, *second = b;

	return string_equal(first->host, second->host) && first->port == second->port;
}

const struct type type_endpoint = {
	.name = "a host and a port, like web-1:80",
	.json_type = "string",
	.json_pattern = "^(" PATTERN_IPV4 "|\\[" PATTERN_IPV6
			"\\]|(?![0-9.]*\\.[0-9.]*:)" PATTERN_HOST "):" PATTERN_PORT "$",
	.size = sizeof(struct endpoint),
	.read = endpoint_read,
	.print = endpoint_print,
	.equal = endpoint_equal,
};
