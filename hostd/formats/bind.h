/* bind.h - which field of a record stands where in an XML element.
 *
 *	static const struct bind memory[] = {
 *		{ "size", "currentMemory", BIND_KIB },
 *		{ "max", "memory", BIND_KIB },
 *	};
 *
 * One table reads and writes, so that what is written is what is read back.  Writing goes onto
 * an element that may hold more than the record knows: only places that are given (or go back
 * to their default) are touched, so that addresses, additions by libvirt and what somebody
 * else put there survive.  What no row can say is a function pair (BIND_CUSTOM).
 */
#pragma once

#include "formats/xml.h"
#include "schema/record.h"

enum bind_how {
	BIND_TEXT,    /* as the field's type prints it */
	BIND_KIB,     /* a size: unit='KiB' beside it; reads every unit libvirt knows */
	BIND_BYTES,   /* the same, with unit='bytes', which holds where no unit is said */
	BIND_B,       /* the same, with unit='B', as of cache lines */
	BIND_RATE,    /* a rate: the number of bytes in a second */
	BIND_ON_OFF,  /* a flag: on or off */
	BIND_YES_NO,  /* a flag: yes or no */
	BIND_PRESENT, /* a flag: the element is there */
	BIND_WORDS,   /* a word for a word, from the row's list */
	BIND_LIST,    /* texts: one element (or attribute of one) each */
	BIND_SECRET,  /* where a secret is, not what: SECRET_PLACE, or FOUND_PLACE, and its text */
	BIND_ALIAS,   /* the alias of a device that has another than ours */
	BIND_RECORD,  /* a nested record, below the element at the place (made when needed) */
	BIND_MAP,     /* a map, one element a member */
	BIND_CUSTOM,  /* the row's own functions */
};

struct bind_word {
	const char *yaml, *xml;
};

struct bind_context { /* where a read or a write is */
	struct arena *arena;
	bool sparse;                 /* reading: only what is said there becomes given */
	bool fresh;                  /* writing an element that was made just now */
	bool terse;                  /* writing: nothing that was not given, no alias in vain */
	const struct paths *differs; /* writing: what is to be changed back; or NULL */
	const char *path;            /* of the record, with a dot at its end, or "" */
	const char *alias;           /* reading a member: the alias that its key stands for */
	void *state;                 /* of the format */
};

struct bind_members {
	const char *alias;   /* members of our making: <alias name='ua-disk-NAME'/>; or NULL */
	const char *foreign; /* the place that names others: "target@dev"; several are joined:
			      * "@type,@index"; or NULL */
	const struct bind_table *table;
	const char *word; /* others without such a place are called disk-0, disk-1, ... */
	/* The place that tells which bus a member is plugged into, or of which sort it is, and the
	 * places ("address", ...) that were filled in for that, whoever did it, and go when it
	 * changes; or NULL. */
	const char *plug, *plugged;
	bool keyed; /* the place holds the key itself, as it stands, and no alias is needed;
		     * with a word, members called so do without the place */
};

/* Stands before the place of a secret ("file:vnc") until the definition goes to libvirt. */
#define SECRET_PLACE "gasthof-secret:"
/* Stands in a definition that was read for a secret in use, before where it is from (struct
 * secret's `found`). */
#define FOUND_PLACE "gasthof-found:"

/* The alias of the seed's disk, which is no member of a map. */
#define SEED_ALIAS "ua-seed"

struct bind {
	const char *field; /* of the record; NULL in a custom row that is about several */
	const char *place;
	enum bind_how how;
	const struct bind_word *words;      /* BIND_WORDS, ended by NULL */
	const struct bind_table *table;     /* BIND_RECORD */
	const struct bind_members *members; /* BIND_MAP */
	/* BIND_CUSTOM: value is the record that has the row; read gives what it finds. */
	void (*read)(const struct bind_context *context, xmlNode *element, void *value);
	void (*write)(const struct bind_context *context, xmlNode *element, const void *value);
};

struct bind_table {
	const struct record *record;
	const struct bind *rows;
	size_t count;
};
#define BIND_TABLE(record_, rows_)                                              \
	{                                                                       \
		.record = &(record_), .rows = (rows_), .count = COUNT_OF(rows_) \
	}

/* Everything the table can find in the element becomes given in the record. */
void bind_read(const struct bind_context *context, const struct bind_table *table, xmlNode *element,
	       void *value);

/* Given fields are written; in a fresh element also defaults; fields that go back to their
 * default are written so, or taken away where they have none.  Members that the last run
 * gave and nobody wants any more are taken away. */
void bind_write(const struct bind_context *context, const struct bind_table *table,
		xmlNode *element, const void *value);

/* Members that the XML has no name for are called as reading would call them, in their order:
 * a wanted record that was settled so can be compared with one that was read. */
void bind_settle(struct arena *arena, const struct bind_table *table, void *value);

/* The element that is a member of the map in a row of the table, or NULL. */
xmlNode *bind_member(struct arena *arena, const struct bind_table *table, xmlNode *element,
		     const char *field, const char *name);

/* For custom rows: whether a field goes back to its default; its member in the record. */
bool bind_resets(const struct bind_context *context, const char *field);

/* For custom rows: sets a field from text as its type reads it, and gives it; false where it
 * does not read. */
bool bind_put(const struct bind_context *context, const struct record *record, void *value,
	      const char *field, const char *text);

/* The bytes that a size says at a place, any unit libvirt knows, `usual` where none is said;
 * false where it is none. */
bool bind_bytes(struct arena *arena, xmlNode *element, const char *place, const char *usual,
		uint64_t *ret_bytes);
