/* type.h - the meanings a scalar can have.
 *
 * A C type of its own for every meaning: bytes are never added to a count, and a
 * field's row chooses its type from the C member alone (record.h).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/text.h"
#include "document/node.h"

struct field;

struct bytes { /* "512MiB", "4GiB" (4G is read as 4GiB; 4GB is refused); printed in the largest
		* binary unit that loses nothing */
	uint64_t count;
};
struct span { /* "30s", "2min", "1h30min" as systemd.time(7) writes spans */
	uint64_t microseconds;
};
enum { CPU_MAX = 4096 };
struct cpus { /* "2-7,10,^3" */
	uint64_t mask[CPU_MAX / 64];
};
struct rate {           /* "100MiB/s" counts bytes; "1Gbit/s" counts bits, decimal */
	uint64_t bytes; /* per second; bits are stored as bytes */
};
struct ratio { /* "1.5", "2": a factor, to three digits behind the point */
	uint64_t thousandths;
};
struct mac { /* "52:54:00:00:20:0a"; unicast unless the row says otherwise */
	uint8_t byte[6];
};
struct address {    /* "10.0.0.1", "fd00::1" */
	int family; /* AF_INET or AF_INET6; 0: none */
	uint8_t byte[16];
};
struct prefix { /* "10.20.0.0/24" (network) or "10.0.0.1/24" (address with its network) */
	struct address address;
	uint8_t length;
};
struct listen { /* "8080/tcp", "53/udp", "8000-8010/tcp", "10.0.0.1:8080/tcp", "[fd00::1]:80/tcp" */
	struct address address; /* family 0: any */
	uint16_t first, last;
	bool udp;
};
struct endpoint { /* "web-1:80", "10.20.0.5:80", "[fd00::5]:80" */
	const char *host;
	uint16_t port;
};
struct digest {          /* 64 hexadecimal digits */
	const char *hex; /* lower case */
};
struct secret { /* {file: name} or {credential: name}; never its content */
	const char *file, *credential;
	/* Of one that was seen in use: all places that hold the same, and where there was none,
	 * "file:vnc/credential:*****"; "": nobody looked; NULL in a description. */
	const char *found;
};
/* What stands in `found` for "looked through, and none is it". */
#define SECRET_NONE "*****"
struct pci { /* "0000:41:00.0" */
	uint16_t domain;
	uint8_t bus, slot, function;
};

/* Lists of scalars; they replace on merge. */
#define LIST_OF(name, type)   \
	struct name##_list {  \
		type *at;     \
		size_t count; \
	}
LIST_OF(text, const char *);
LIST_OF(address, struct address);
LIST_OF(prefix, struct prefix);
LIST_OF(count, uint32_t);
LIST_OF(cpu_set, struct cpus);

struct type {
	const char *name;         /* for faults and docs: "a size, like 2MiB" */
	const char *json_type;    /* "string", "integer", "boolean": what the JSON Schema says */
	const char *json_pattern; /* ECMA 262 pattern for strings, exact for structure; or NULL */
	size_t size;              /* of the C value */
	/* Reads a node; faults at its mark with what was expected and, where one can be
	 * guessed, a hint.  `field` may hold choices, bounds or flags. */
	int (*read)(struct arena *arena, const struct field *field, const struct node *node,
		    void *value, struct faults *faults) MUST_CHECK;
	/* The canonical text; reading it gives an equal value. */
	void (*print)(const void *value, struct text *text);
	bool (*equal)(const void *a, const void *b);
	/* For a value that is no scalar ({file: name}): as a tree that reads back; else NULL. */
	struct node *(*tree)(struct arena *arena, const void *value);
	/* For the same: the keywords of its JSON Schema besides "type": "object"; else NULL. */
	struct node *(*schema)(struct arena *arena);
};

/* flag: true/false only.  count: uint32.  number: int64.  name: LANGUAGE.md names.
 * text: any single line without control characters.  block: any text, lines kept
 * (libvirt_xml).  path: absolute, no "..", no control characters. */
extern const struct type type_flag, type_count, type_number, type_text, type_bytes, type_span,
	type_cpus, type_rate, type_ratio, type_mac, type_address, type_prefix, type_listen,
	type_endpoint, type_digest, type_secret, type_pci, type_name, type_path, type_block,
	type_url;
/* file_text: the name of a file beside the description, whose text is the value; or the text
 * itself, as printed. */
extern const struct type type_file_text;
/* Of a node that is one: notes the file it names, for document_load to read. */
void type_file_find(struct node *node);

/* Text of any type's value, in the arena. */
const char *type_text_of(const struct type *type, const void *value, struct arena *arena);

/* Whether a list holds a word. */
bool text_list_has(const struct text_list *list, const char *word);
/* Appends a word; it is not copied. */
void text_list_push(struct arena *arena, struct text_list *list, const char *word);

/* CPU sets. */
bool cpus_has(const struct cpus *cpus, unsigned cpu);
void cpus_add(struct cpus *cpus, unsigned cpu);
unsigned cpus_count(const struct cpus *cpus);
/* What is in `cpus` and not in `without`; what is in both; adds all of `more`; whether the two
 * share a CPU; whether all of `part` is in `whole` (of an empty one: yes). */
struct cpus cpus_without(const struct cpus *cpus, const struct cpus *without);
struct cpus cpus_both(const struct cpus *a, const struct cpus *b);
void cpus_join(struct cpus *into, const struct cpus *more);
bool cpus_overlap(const struct cpus *a, const struct cpus *b);
bool cpus_within(const struct cpus *part, const struct cpus *whole);
/* A mask as the kernel prints it: hexadecimal words of 32 CPUs with commas between, the highest
 * first ("%*pb" in Documentation/core-api/printk-formats.rst of the kernel).  Reading it: false
 * where it does not read.  Writing it: as many digits as the text `like` has. */
bool cpus_parse_mask(const char *text, struct cpus *ret_cpus);
const char *cpus_mask_text(struct arena *arena, const struct cpus *cpus, const char *like);

/* Addresses: whether two prefixes overlap; whether a prefix holds an address; the
 * n-th address of a prefix (0 is the network itself); -1/0/1 order. */
bool prefix_overlaps(const struct prefix *a, const struct prefix *b);
bool prefix_holds(const struct prefix *prefix, const struct address *address);
struct address prefix_nth(const struct prefix *prefix, uint64_t n);
int address_compare(const struct address *a, const struct address *b);
const char *address_text(struct arena *arena, const struct address *address);
const char *prefix_text(struct arena *arena, const struct prefix *prefix);
const char *mac_text(struct arena *arena, const struct mac *mac);

/* Reads from plain text, for kinds and formats that parse what the machine says;
 * false where it does not read.  Nothing is written on failure. */
bool address_parse(const char *text, struct address *ret_address);
bool prefix_parse(const char *text, struct prefix *ret_prefix);
bool mac_parse(const char *text, struct mac *ret_mac);
bool bytes_parse(const char *text, struct bytes *ret_bytes);
bool cpus_parse(const char *text, struct cpus *ret_cpus);
