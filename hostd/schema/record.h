/* record.h - a struct described once: read, printed, compared, explained and
 * exported as JSON Schema from the same table.
 *
 *	struct disk {
 *		struct given given;
 *		const char *image;
 *		struct bytes size;
 *	};
 *	static const struct field disk_fields[] = {
 *		FIELD("image", struct disk, image, CLASS_DESTROYS_DATA, "backing image",
 *		      .target = "images"),
 *		FIELD("size", struct disk, size, CLASS_LIVE, "virtual size (<capacity>)"),
 *	};
 *	static const struct record disk_record = RECORD(struct disk, disk_fields);
 *
 * A record's first member is `struct given`: which fields were said in a
 * description, or could be read from the machine.  A field that was not given
 * holds its default (the row's `fallback`), or zero where it has none.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/array.h"
#include "base/fault.h"
#include "document/node.h"
#include "schema/type.h"

enum { GIVEN_WORDS = 2 };
struct given {
	uint64_t word[GIVEN_WORDS];
};

/* What changing something costs those who use it; shown, and gated. */
enum class {
	CLASS_NONE,
	CLASS_LIVE,
	CLASS_GUEST_RESTART,
	CLASS_SERVICE_RESTART,
	CLASS_REBOOT,
	CLASS_DESTROYS_DATA,
	CLASS_COUNT,
};
/* "none", "live", "guest-restart", ...; and back (-1: no such class). */
const char *class_name(enum class class);
int class_of(const char *name);

enum field_flags {
	FIELD_REQUIRED = 1 << 0,
	FIELD_SECRET = 1 << 1,      /* never printed, journaled or hashed */
	FIELD_BLIND = 1 << 2,       /* cannot be read back: compared with what was last given */
	FIELD_NOT_RUNNING = 1 << 3, /* has no running state: only the configured one is compared */
	FIELD_NOT_CONFIGURED =
		1 << 4,           /* has no configured state: only the running one is compared */
	FIELD_PLAIN = 1 << 5,     /* of the language alone (profile, count): never compared */
	FIELD_ANY_KEY = 1 << 6,   /* a map whose keys need not be names (sysctl) */
	FIELD_IMPLIED = 1 << 7,   /* set by another item's complete, never in a description: not in
				   * the schema, an unknown key there; compared and shown in plans */
	FIELD_UNORDERED = 1 << 8, /* a list whose order means nothing: compared as a set */
	FIELD_PRESENCE = 1 << 9,  /* a record whose being there means something (dhcp: {}): that
				   * alone is a difference, at the record's own path; a value
				   * whose zero is not the same as none (memory.node) */
	FIELD_SHOWN = 1 << 10,    /* `status` prints what is observed, without any comparison */
	FIELD_COUNTER = FIELD_SHOWN | FIELD_IMPLIED | FIELD_PLAIN, /* what the machine counts */
};

enum form { FORM_VALUE, FORM_LIST, FORM_RECORD, FORM_MAP };

struct record;

struct field {
	const char *name; /* as written in YAML */
	enum form form;
	const struct type *type;     /* of the value, or of a list's elements */
	const struct record *record; /* nested record, or member of a map */
	const char *target;          /* a reference: path of the kind it names ("images") */
	const char *const *choices;  /* text: the words allowed, NULL-ended; or NULL.  A map: the
				      * words that may stand in its place (pin: auto) */
	uint64_t least, most;        /* count, number: bounds; both 0: none */
	size_t offset;
	unsigned flags;
	enum class change;    /* the least that changing it costs */
	const char *fallback; /* default as text, or NULL: where "back to its default" goes */
	const char *help;     /* one line, with the kernel, libvirt or systemd name it maps to */
	const char *example;  /* for explain and the docs, or NULL */
	/* Row's own equality where the machine rounds or rewrites; NULL: the type's. */
	bool (*equal)(const void *want, const void *have);
	/* Text that may hold secrets: what of it may be shown in plans and kept in the ledger.
	 * `equal` takes the one for the other.  NULL: all of it. */
	const char *(*veil)(struct arena *arena, const char *text);
};

struct record {
	size_t size;
	const struct field *fields;
	size_t field_count;            /* at most 64 * GIVEN_WORDS */
	const struct field *shorthand; /* what a bare scalar stands for, or NULL */
	const struct type *key;        /* members of this record in a map: type of their keys;
					* NULL: type_name */
};

struct member { /* of a map, in the order given */
	const char *name;
	const struct node *node; /* NULL where it was not read from a description */
	void *value;             /* the member's record */
};
struct map {
	struct member *at;
	size_t count, room;
	const char *word; /* said instead of members, of a row with choices; who resolves it
			   * may put members beside it, and those count from then on */
};

/* The member called `name`, or NULL. */
struct member *map_get(const struct map *map, const char *name);
/* A new member whose value holds its defaults. */
void *map_add(struct arena *arena, struct map *map, const struct record *record, const char *name);

#define TYPE_OF(member) \
	_Generic((member),                                                                         \
		bool: &type_flag,                                                                  \
		uint32_t: &type_count,                                                             \
		int64_t: &type_number,                                                             \
		const char *: &type_text,                                                          \
		struct bytes: &type_bytes,                                                         \
		struct span: &type_span,                                                           \
		struct cpus: &type_cpus,                                                           \
		struct ratio: &type_ratio,                                                         \
		struct rate: &type_rate,                                                           \
		struct mac: &type_mac,                                                             \
		struct address: &type_address,                                                     \
		struct prefix: &type_prefix,                                                       \
		struct listen: &type_listen,                                                       \
		struct endpoint: &type_endpoint,                                                   \
		struct digest: &type_digest,                                                       \
		struct secret: &type_secret,                                                       \
		struct pci: &type_pci,                                                             \
		struct text_list: &type_text,                                                      \
		struct address_list: &type_address,                                                \
		struct prefix_list: &type_prefix,                                                  \
		struct count_list: &type_count,                                                    \
		struct cpu_set_list: &type_cpus)

#define FORM_OF(member)                           \
	_Generic((member), struct text_list       \
		 : FORM_LIST, struct address_list \
		 : FORM_LIST, struct prefix_list  \
		 : FORM_LIST, struct count_list   \
		 : FORM_LIST, struct cpu_set_list \
		 : FORM_LIST, default             \
		 : FORM_VALUE)

/* A scalar or list; more members of the row may follow as designated initialisers. */
#define FIELD(yaml, record_, member, change_, help_, ...)                                     \
	{                                                                                     \
		.name = (yaml), .form = FORM_OF(((record_ *)0)->member),                      \
		.type = TYPE_OF(((record_ *)0)->member), .offset = offsetof(record_, member), \
		.change = (change_), .help = (help_), __VA_ARGS__                             \
	}
/* A text member of a narrower kind: &type_name, &type_path, &type_block, &type_url. */
#define FIELD_TEXT(yaml, record_, member, type_, change_, help_, ...)                      \
	{                                                                                  \
		.name = (yaml), .form = FORM_OF(((record_ *)0)->member), .type = (type_),  \
		.offset = offsetof(record_, member), .change = (change_), .help = (help_), \
		__VA_ARGS__                                                                \
	}
/* A nested record (the member is the struct itself). */
#define FIELD_RECORD(yaml, record_, member, nested, change_, help_, ...)                   \
	{                                                                                  \
		.name = (yaml), .form = FORM_RECORD, .record = (nested),                   \
		.offset = offsetof(record_, member), .change = (change_), .help = (help_), \
		__VA_ARGS__                                                                \
	}
/* A map from names to records (the member is a struct map). */
#define FIELD_MAP(yaml, record_, member, nested, change_, help_, ...)                      \
	{                                                                                  \
		.name = (yaml), .form = FORM_MAP, .record = (nested),                      \
		.offset = offsetof(record_, member), .change = (change_), .help = (help_), \
		__VA_ARGS__                                                                \
	}
#define RECORD(record_, table, ...)                                                         \
	{                                                                                   \
		.size = sizeof(record_), .fields = (table), .field_count = COUNT_OF(table), \
		__VA_ARGS__                                                                 \
	}

/* A new record that holds its defaults and has nothing given. */
void *record_new(struct arena *arena, const struct record *record);

/* Whether a member was given, and setting it so.  `value` points to the record:
 *	if (GIVEN(&disk_record, disk, size)) ...
 *	SET(&disk_record, disk, size, ((struct bytes){ n }));   // assign and mark given */
bool record_given(const struct record *record, const void *value, size_t offset);
void record_give(const struct record *record, void *value, size_t offset, bool given);
#define GIVEN(record, value, member) \
	record_given((record), (value), offsetof(__typeof__(*(value)), member))
#define SET(record, value, member, what) \
	((value)->member = (what),       \
	 record_give((record), (value), offsetof(__typeof__(*(value)), member), true))

/* Makes a field of `to` what it is in `from`, given or not; both keep the same memory. */
void record_take(const struct record *record, void *to, const void *from,
		 const struct field *field);

/* Turns shorthands of a tree into mappings, in place, as deep as the tables go
 * (before merging).  What does not fit is left for record_read to complain about. */
void record_normalise(struct arena *arena, const struct record *record, struct node *node);

/* Reads a mapping (or shorthand, or null for an empty record) into a record.  All
 * mistakes at once: unknown keys with the nearest known one, missing required
 * fields, malformed values.  -1 if any; what could be read is read all the same.
 * A key named in `besides` (NULL-ended, or NULL) is not unknown: others read it. */
int record_read(struct arena *arena, const struct record *record, const struct node *node,
		const char *const *besides, void *value, struct faults *faults) MUST_CHECK;

/* As record_read, of a body that is merged with others before it counts (a profile): no required
 * field is missing. */
int record_read_partial(struct arena *arena, const struct record *record, const struct node *node,
			const char *const *besides, void *value, struct faults *faults) MUST_CHECK;

/* Reads back what record_print wrote (the ledger, a captured item): as record_read, and
 * FIELD_IMPLIED fields too. */
int record_read_back(struct arena *arena, const struct record *record, const struct node *node,
		     void *value, struct faults *faults) MUST_CHECK;

/* The record as a tree: given fields only, shorthand where it loses nothing;
 * secrets are masked unless `with_secrets` (they are references, so the ledger
 * may keep them). */
struct node *record_print(struct arena *arena, const struct record *record, const void *value,
			  bool with_secrets);

/* Veils what record_print wrote, in place: for what is kept. */
void record_veil(struct arena *arena, const struct record *record, struct node *tree);

/* The given fields with FIELD_SHOWN, name to text; an empty map where there are none. */
struct node *record_shown(struct arena *arena, const struct record *record, const void *value);

/* The value of one field as text for people: "4GiB", "[a, b]", "******". */
const char *field_print(struct arena *arena, const struct field *field, const void *value);

/* ---- comparing ---- */

enum path_kind {
	PATH_SET,           /* wanted and different */
	PATH_RESET,         /* given by the last run, no longer: goes back to its default */
	PATH_MEMBER_ADD,    /* a map member that is not there */
	PATH_MEMBER_REMOVE, /* a map member that the last run gave, no longer wanted, still there */
};
enum where { IN_CONFIGURED = 1 << 0, IN_RUNNING = 1 << 1 };

struct path { /* one difference */
	enum path_kind kind;
	unsigned where;            /* IN_CONFIGURED, IN_RUNNING or both */
	const char *path;          /* "disks.root.limit.read" */
	const struct field *field; /* the row, for a member the map's row */
	enum class class;
	const char *old; /* text of what is there; NULL: nothing */
	const char *new; /* text of what is wanted; NULL: default or removed */
};
struct paths {
	struct arena *arena;
	struct path *at;
	size_t count, room;
};

/* Whether a difference at or below `path` is among them: paths_has(p, "disks") is
 * true for "disks.root.size". */
bool paths_has(const struct paths *paths, const char *path);
/* Whether every difference is at or below one of the NULL-ended `paths`. */
bool paths_only(const struct paths *paths, const char *const *only);
/* Takes the differences at and below `path` out. */
void paths_drop(struct paths *paths, const char *path);
/* The highest class among them. */
enum class paths_class(const struct paths *paths);

/* Three-way comparison of one record with one state of the machine (`where`).
 * `want` NULL: nothing wanted; `last` NULL: nothing was ever given.  A given field
 * of `want` that `have` does not have, or has otherwise, is PATH_SET; a field of
 * `last` that `want` no longer gives and that is not at its default in `have` is
 * PATH_RESET; one never given is left alone.  Equal differences found in both
 * states are merged into one row. */
void record_compare(const struct record *record, const void *want, const void *have,
		    const void *last, enum where where, struct paths *paths);

/* Whether two records give the same fields with equal values, all the way down. */
bool record_equal(const struct record *record, const void *a, const void *b);

/* `over` laid on `under`, field by field and member by member, in a new record. */
void *record_merge(struct arena *arena, const struct record *record, const void *under,
		   const void *over);

/* What `value` gives, but for what is at or below one of the paths, in a new record. */
void *record_without(struct arena *arena, const struct record *record, const void *value,
		     const struct paths *paths);

/* Calls `visit` for every given reference (FIELD .target) in the record, its path,
 * the name it holds and its mark (of the node where known). */
typedef void record_visit(void *context, const struct field *field, const char *path,
			  const char *name, struct mark mark);
void record_references(struct arena *arena, const struct record *record, const void *value,
		       const struct node *node, record_visit *visit, void *context);

/* ---- documenting ---- */

/* Looks a record's tables over, as deep as they go, for what a row can get wrong: no
 * help, a fallback or example that does not read, rows that overlap, a name twice, flags
 * that contradict.  A fault for each (FAULT_HOST: a mistake of the program); for tests,
 * which run it over every kind. */
void record_lint(const struct record *record, struct faults *faults);

/* The row at a path inside a record ("disks.*.size" or "disks.root.size"), or NULL. */
const struct field *record_find(const struct record *record, const char *path);

/* A JSON Schema (2020-12) for the record, as a tree for the JSON writer; accepts
 * exactly the structure that record_read accepts.  `besides` as in record_read. */
struct node *record_schema(struct arena *arena, const struct record *record,
			   const char *const *besides);
/* The same for a body that is merged with others before it is read (a profile, what names one,
 * a file that includes others): nothing is required, and null, which takes out what is
 * inherited, may stand everywhere. */
struct node *record_schema_partial(struct arena *arena, const struct record *record,
				   const char *const *besides);
