/* mac, address, prefix, and what one computes with them. */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "schema/pattern.h"
#include "schema/scalar.h"

/* ---- mac ---- */

static int hex_digit(char digit)
{
	const char *digits = "0123456789abcdef";
	const char *at = digit ? strchr(digits, tolower((unsigned char)digit)) : NULL;

	return at ? (int)(at - digits) : -1;
}

bool mac_parse(const char *text, struct mac *ret_mac)
{
	struct mac mac = {};

	if (strlen(text) != 17)
		return false;
	for (size_t i = 0; i < 6; i++) {
		int high = hex_digit(text[3 * i]), low = hex_digit(text[3 * i + 1]);
		if (high < 0 || low < 0 || (i < 5 && text[3 * i + 2] != ':'))
			return false;
		mac.byte[i] = (uint8_t)(high << 4 | low);
	}
	*ret_mac = mac;
	return true;
}

static bool mac_is_station(const struct mac *mac)
{
	static const struct mac none;

	return !(mac->byte[0] & 1) && memcmp(mac, &none, sizeof(none)) != 0;
}

static bool mac_parse_value(struct arena *arena, const char *text, void *value)
{
	struct mac mac = {};

	(void)arena;
	if (!mac_parse(text, &mac) || !mac_is_station(&mac))
		return false;
	*(struct mac *)value = mac;
	return true;
}

static const char *mac_hint(struct arena *arena, const char *text)
{
	struct text plain = text_of(arena);
	struct mac mac = {};

	if (mac_parse(text, &mac))
		return mac.byte[0] & 1 ? "its first byte is odd: that is a multicast address"
				       : "all zeros is no address of a card";
	for (; *text; text++) {
		if (hex_digit(*text) < 0)
			continue;
		if (plain.size % 3 == 2)
			text_add_byte(&plain, ':');
		text_add_byte(&plain, (char)tolower((unsigned char)*text));
	}
	if (!mac_parse(plain.at, &mac) || !mac_is_station(&mac))
		return NULL;
	return arena_printf(arena, "write %s", plain.at);
}

static int mac_read(struct arena *arena, const struct field *field, const struct node *node,
		    void *value, struct faults *faults)
{
	static const struct scalar mac = { &type_mac, mac_parse_value, mac_hint };

	return scalar_read(&mac, arena, field, node, value, faults);
}

static void mac_print(const void *value, struct text *text)
{
	const uint8_t *byte = ((const struct mac *)value)->byte;

	text_addf(text, "%02x:%02x:%02x:%02x:%02x:%02x", byte[0], byte[1], byte[2], byte[3],
		  byte[4], byte[5]);
}

static bool mac_equal(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct mac)) == 0;
}

const char *mac_text(struct arena *arena, const struct mac *mac)
{
	return type_text_of(&type_mac, mac, arena);
}

const struct type type_mac = {
	.name = "a MAC address, like 52:54:00:00:20:0a",
	.json_type = "string",
	.json_pattern = "^(?!00:00:00:00:00:00$)[0-9A-Fa-f][02468ACEace](:[0-9A-Fa-f]{2}){5}$",
	.size = sizeof(struct mac),
	.read = mac_read,
	.print = mac_print,
	.equal = mac_equal,
};

/* ---- address ---- */

bool address_parse(const char *text, struct address *ret_address)
{
	struct address address = { .family = strchr(text, ':') ? AF_INET6 : AF_INET };

	if (inet_pton(address.family, text, address.byte) != 1)
		return false;
	*ret_address = address;
	return true;
}

static bool address_parse_value(struct arena *arena, const char *text, void *value)
{
	(void)arena;
	return address_parse(text, value);
}

static const char *address_hint(struct arena *arena, const char *text)
{
	struct prefix prefix = {};
	struct address address = {};
	size_t size = strlen(text);

	if (prefix_parse(text, &prefix))
		return arena_printf(arena, "without the length: %s",
				    address_text(arena, &prefix.address));
	if (size > 2 && text[0] == '[' && text[size - 1] == ']') {
		const char *inner = arena_strndup(arena, text + 1, size - 2);
		if (address_parse(inner, &address))
			return arena_printf(arena, "without the brackets: %s", inner);
	}
	return NULL;
}

static int address_read(struct arena *arena, const struct field *field, const struct node *node,
			void *value, struct faults *faults)
{
	static const struct scalar address = { &type_address, address_parse_value, address_hint };

	return scalar_read(&address, arena, field, node, value, faults);
}

static void address_print(const void *value, struct text *text)
{
	const struct address *address = value;
	char shown[INET6_ADDRSTRLEN] = "";

	if (address->family && inet_ntop(address->family, address->byte, shown, sizeof(shown)))
		text_add(text, shown);
}

static bool address_equal(const void *a, const void *b)
{
	return address_compare(a, b) == 0;
}

const char *address_text(struct arena *arena, const struct address *address)
{
	return type_text_of(&type_address, address, arena);
}

const struct type type_address = {
	.name = "an IP address, like 10.0.0.1",
	.json_type = "string",
	.json_pattern = "^" PATTERN_ADDRESS "$",
	.size = sizeof(struct address),
	.read = address_read,
	.print = address_print,
	.equal = address_equal,
};

/* ---- prefix ---- */

static unsigned address_bits(const struct address *address)
{
	return address->family == AF_INET6 ? 128 : address->family == AF_INET ? 32 : 0;
}

bool prefix_parse(const char *text, struct prefix *ret_prefix)
{
	struct prefix prefix = {};
	char address[INET6_ADDRSTRLEN] = "";
	const char *slash = strchr(text, '/'), *at = slash ? slash + 1 : NULL;
	uint64_t length = 0;

	if (!slash || (size_t)(slash - text) >= sizeof(address))
		return false;
	memcpy(address, text, (size_t)(slash - text));
	if (!address_parse(address, &prefix.address) ||
	    !number_read(&at, address_bits(&prefix.address), &length) || *at)
		return false;
	prefix.length = (uint8_t)length;
	*ret_prefix = prefix;
	return true;
}

static bool prefix_parse_value(struct arena *arena, const char *text, void *value)
{
	(void)arena;
	return prefix_parse(text, value);
}

static const char *prefix_hint(struct arena *arena, const char *text)
{
	struct address address = {};

	if (!address_parse(text, &address))
		return NULL;
	return arena_printf(arena, "add the length of the network, like %s/%u", text,
			    address.family == AF_INET ? 24 : 64);
}

static int prefix_read(struct arena *arena, const struct field *field, const struct node *node,
		       void *value, struct faults *faults)
{
	static const struct scalar prefix = { &type_prefix, prefix_parse_value, prefix_hint };

	return scalar_read(&prefix, arena, field, node, value, faults);
}

static void prefix_print(const void *value, struct text *text)
{
	const struct prefix *prefix = value;

	if (!prefix->address.family)
		return;
	address_print(&prefix->address, text);
	text_addf(text, "/%u", prefix->length);
}

static bool prefix_equal(const void *a, const void *b)
{
	const struct prefix *first = a, *second = b;

	return first->length == second->length && address_equal(&first->address, &second->address);
}

const char *prefix_text(struct arena *arena, const struct prefix *prefix)
{
	return type_text_of(&type_prefix, prefix, arena);
}

const struct type type_prefix = {
	.name = "an address with the length of its network, like 10.0.0.1/24",
	.json_type = "string",
	.json_pattern = "^(" PATTERN_IPV4 "/([12]?[0-9]|3[0-2])|" PATTERN_IPV6
			"/([1-9]?[0-9]|1[01][0-9]|12[0-8]))$",
	.size = sizeof(struct prefix),
	.read = prefix_read,
	.print = prefix_print,
	.equal = prefix_equal,
};

/* ---- computing ---- */

static bool bits_agree(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned left = bits % 8;

	if (memcmp(a, b, bits / 8) != 0)
		return false;
	return !left || (a[bits / 8] ^ b[bits / 8]) >> (8 - left) == 0;
}

bool prefix_holds(const struct prefix *prefix, const struct address *address)
{
	return prefix->address.family && prefix->address.family == address->family &&
	       bits_agree(prefix->address.byte, address->byte, prefix->length);
}

bool prefix_overlaps(const struct prefix *a, const struct prefix *b)
{
	return a->length <= b->length ? prefix_holds(a, &b->address) : prefix_holds(b, &a->address);
}

struct address prefix_nth(const struct prefix *prefix, uint64_t n)
{
	struct address address = prefix->address;
	unsigned bits = address_bits(&address);

	for (unsigned bit = prefix->length; bit < bits; bit++)
		address.byte[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
	for (unsigned i = bits / 8; i-- > 0 && n;) {
		unsigned sum = address.byte[i] + (unsigned)(n & 0xff);
		address.byte[i] = (uint8_t)sum;
		n = (n >> 8) + (sum >> 8);
	}
	return address;
}

int address_compare(const struct address *a, const struct address *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	int order = memcmp(a->byte, b->byte, address_bits(a) / 8);
	return (order > 0) - (order < 0);
}
