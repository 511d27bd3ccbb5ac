/* guest_rows.h - fields that stand at one place of a guest's XML, each said once.
 *
 *	#define GUEST_VIRTIO_ROWS(ROW, R)                                          \
 *		ROW(R, ONOFF, ats, "@ats", "address translation services (ats=)")  \
 *		ROW(R, ONOFF, packed, "@packed", "whether rings are packed (packed=)")
 *	ROWS_STRUCT(guest_virtio, GUEST_VIRTIO_ROWS);    in a header
 *	ROWS_TABLE(guest_virtio, GUEST_VIRTIO_ROWS);     in one file
 *
 * makes of the rows a struct, its table of fields (record.h) and its binding (bind.h).  A row
 * is a kind of value, the name, the place below the element of the record, and the help; a
 * PART then names the nested record, MANY and KEYED (keys need not be names) the record and
 * the bind_members of a map, KEYED also words that may stand in the map's place.  A row costs
 * what the file with the table says (ROWS_CLASS), and less where it says so itself:
 *
 *	LIVE(ROW, R, COUNT, shares, "cputune/shares", "its weight")	while the guest runs, by a
 *							way of kinds/guests_live.h
 *	FREE(ROW, R, TEXT, title, "title", "one line")	nobody notices
 *
 *	WORD		text, one of those that follow the help
 *	TEXT, BLOCK, COUNT, NUMBER, CPUS	as the type prints it
 *	SIZE, BYTES, RATE	a number beside its unit; of bytes; of bytes a second
 *	LINE		BYTES of a cache line, whose unit is called B
 *	ONOFF, YESNO, PRESENT	flags: on or off, yes or no, an element or none
 *	USUAL		a PRESENT that guests of ours have where nothing is said of it
 *	LIST		one element or attribute each
 *	SECRET		where a password is
 *	ALIAS		of a device, not ours
 *	CONFIGURED	a NUMBER that libvirt replaces, or forgets, at a start
 *	ASKED		a WORD that it replaces so
 *	WHOLE		a SIZE of memory, which QEMU rounds up to whole MiB
 */
#pragma once

#include "formats/bind.h"

/* What changing one costs, where the file that holds the table says nothing else. */
#ifndef ROWS_CLASS
#define ROWS_CLASS CLASS_GUEST_RESTART
#endif

#define ROWS_STRUCT(name, ROWS)                   \
	struct name {                             \
		struct given given;               \
		ROWS(ROW_MEMBER, none)            \
	};                                        \
	extern const struct record name##_record; \
	extern const struct bind_table name##_table

#define ROWS_TABLE(name, ROWS, ...)                                                   \
	static const struct field name##_fields[] = { ROWS(ROW_FIELD, struct name) }; \
	const struct record name##_record =                                           \
		RECORD(struct name, name##_fields __VA_OPT__(, ) __VA_ARGS__);        \
	static const struct bind name##_binds[] = { ROWS(ROW_BIND, struct name) };    \
	const struct bind_table name##_table = BIND_TABLE(name##_record, name##_binds)

/* ---- what a row costs ---- */

#define LIVE(ROW, ...)                     LIVE_##ROW(__VA_ARGS__)
#define LIVE_ROW_MEMBER                    ROW_MEMBER
#define LIVE_ROW_BIND                      ROW_BIND
#define LIVE_ROW_FIELD(R, kind, name, ...) ROW_FIELD_##kind(CLASS_LIVE, R, name, __VA_ARGS__)
#define FREE(ROW, ...)                     FREE_##ROW(__VA_ARGS__)
#define FREE_ROW_MEMBER                    ROW_MEMBER
#define FREE_ROW_BIND                      ROW_BIND
#define FREE_ROW_FIELD(R, kind, name, ...) ROW_FIELD_##kind(CLASS_NONE, R, name, __VA_ARGS__)

/* Of two sizes (struct bytes) of memory, whether a guest has the same of both. */
bool whole_mebibytes_equal(const void *want, const void *have);

/* ---- what a row becomes ---- */

#define ROW_MEMBER(R, kind, name, ...)                    ROW_MEMBER_##kind(name, __VA_ARGS__)
#define ROW_MEMBER_TEXT(name, ...)                        const char *name;
#define ROW_MEMBER_BLOCK(name, ...)                       const char *name;
#define ROW_MEMBER_ALIAS(name, ...)                       const char *name;
#define ROW_MEMBER_COUNT(name, ...)                       uint32_t name;
#define ROW_MEMBER_NUMBER(name, ...)                      int64_t name;
#define ROW_MEMBER_ONOFF(name, ...)                       bool name;
#define ROW_MEMBER_YESNO(name, ...)                       bool name;
#define ROW_MEMBER_PRESENT(name, ...)                     bool name;
#define ROW_MEMBER_USUAL(name, ...)                       bool name;
#define ROW_MEMBER_SIZE(name, ...)                        struct bytes name;
#define ROW_MEMBER_BYTES(name, ...)                       struct bytes name;
#define ROW_MEMBER_LINE(name, ...)                        struct bytes name;
#define ROW_MEMBER_WORD(name, ...)                        const char *name;
#define ROW_MEMBER_WHOLE(name, ...)                       struct bytes name;
#define ROW_MEMBER_ASKED(name, ...)                       const char *name;
#define ROW_MEMBER_CONFIGURED(name, ...)                  int64_t name;
#define ROW_MEMBER_SECRET(name, ...)                      struct secret name;
#define ROW_MEMBER_RATE(name, ...)                        struct rate name;
#define ROW_MEMBER_CPUS(name, ...)                        struct cpus name;
#define ROW_MEMBER_LIST(name, ...)                        struct text_list name;
#define ROW_MEMBER_MANY(name, ...)                        struct map name;
#define ROW_MEMBER_KEYED(name, ...)                       struct map name;
#define ROW_MEMBER_PART(name, place_, help_, nested, ...) struct nested name;

#define ROW_FIELD(R, kind, name, ...)                   ROW_FIELD_##kind(ROWS_CLASS, R, name, __VA_ARGS__)
#define ROW_FIELD_PLAIN(class_, R, name, place_, help_) FIELD(#name, R, name, class_, help_),
/* A zero or a no that stands there was said: libvirt's own default may be another. */
#define ROW_FIELD_SAID(class_, R, name, place_, help_) \
	FIELD(#name, R, name, class_, help_, .flags = FIELD_PRESENCE),
#define ROW_FIELD_BLOCK(class_, R, name, place_, help_) \
	FIELD_TEXT(#name, R, name, &type_block, class_, help_),
#define ROW_FIELD_TEXT                                   ROW_FIELD_PLAIN
#define ROW_FIELD_ALIAS                                  ROW_FIELD_PLAIN
#define ROW_FIELD_COUNT                                  ROW_FIELD_SAID
#define ROW_FIELD_NUMBER                                 ROW_FIELD_SAID
#define ROW_FIELD_ONOFF                                  ROW_FIELD_SAID
#define ROW_FIELD_YESNO                                  ROW_FIELD_SAID
#define ROW_FIELD_USUAL                                  ROW_FIELD_SAID
#define ROW_FIELD_PRESENT                                ROW_FIELD_PLAIN
#define ROW_FIELD_SIZE                                   ROW_FIELD_PLAIN
#define ROW_FIELD_BYTES                                  ROW_FIELD_PLAIN
#define ROW_FIELD_LINE                                   ROW_FIELD_PLAIN
#define ROW_FIELD_RATE                                   ROW_FIELD_PLAIN
#define ROW_FIELD_CPUS                                   ROW_FIELD_PLAIN
#define ROW_FIELD_LIST                                   ROW_FIELD_PLAIN
#define ROW_FIELD_SECRET(class_, R, name, place_, help_) FIELD(#name, R, name, class_, help_),
#define ROW_FIELD_WORD(class_, R, name, place_, help_, ...) \
	FIELD(#name, R, name, class_, help_, .choices = (const char *const[]){ __VA_ARGS__, NULL }),
#define ROW_FIELD_WHOLE(class_, R, name, place_, help_) \
	FIELD(#name, R, name, class_, help_, .equal = whole_mebibytes_equal),
#define ROW_FIELD_ASKED(class_, R, name, place_, help_, ...) \
	FIELD(#name, R, name, class_, help_,                 \
	      .choices = (const char *const[]){ __VA_ARGS__, NULL }, .flags = FIELD_NOT_RUNNING),
#define ROW_FIELD_CONFIGURED(class_, R, name, place_, help_) \
	FIELD(#name, R, name, class_, help_, .flags = FIELD_NOT_RUNNING),
#define ROW_FIELD_PART(class_, R, name, place_, help_, nested) \
	FIELD_RECORD(#name, R, name, &nested##_record, class_, help_),
#define ROW_FIELD_MANY(class_, R, name, place_, help_, nested, members_) \
	FIELD_MAP(#name, R, name, &nested##_record, class_, help_),
#define ROW_FIELD_KEYED(class_, R, name, place_, help_, nested, members_, ...) \
	FIELD_MAP(#name, R, name, &nested##_record, class_, help_,             \
		  .flags = FIELD_ANY_KEY __VA_OPT__(                           \
			  , .choices = (const char *const[]){ __VA_ARGS__, NULL })),

#define ROW_BIND(R, kind, name, ...)            ROW_BIND_##kind(name, __VA_ARGS__)
#define ROW_BIND_TEXT(name, place_, help_)      { #name, place_, BIND_TEXT },
#define ROW_BIND_WORD(name, place_, help_, ...) { #name, place_, BIND_TEXT },
#define ROW_BIND_ALIAS(name, place_, help_)     { #name, place_, BIND_ALIAS },
#define ROW_BIND_USUAL                          ROW_BIND_PRESENT
#define ROW_BIND_BLOCK                          ROW_BIND_TEXT
#define ROW_BIND_ASKED                          ROW_BIND_WORD
#define ROW_BIND_CONFIGURED                     ROW_BIND_TEXT
#define ROW_BIND_COUNT                          ROW_BIND_TEXT
#define ROW_BIND_NUMBER                         ROW_BIND_TEXT
#define ROW_BIND_CPUS                           ROW_BIND_TEXT
#define ROW_BIND_ONOFF(name, place_, help_)     { #name, place_, BIND_ON_OFF },
#define ROW_BIND_YESNO(name, place_, help_)     { #name, place_, BIND_YES_NO },
#define ROW_BIND_PRESENT(name, place_, help_)   { #name, place_, BIND_PRESENT },
#define ROW_BIND_SIZE(name, place_, help_)      { #name, place_, BIND_KIB },
#define ROW_BIND_WHOLE                          ROW_BIND_SIZE
#define ROW_BIND_BYTES(name, place_, help_)     { #name, place_, BIND_BYTES },
#define ROW_BIND_LINE(name, place_, help_)      { #name, place_, BIND_B },
#define ROW_BIND_RATE(name, place_, help_)      { #name, place_, BIND_RATE },
#define ROW_BIND_LIST(name, place_, help_)      { #name, place_, BIND_LIST },
#define ROW_BIND_SECRET(name, place_, help_)    { #name, place_, BIND_SECRET },
#define ROW_BIND_PART(name, place_, help_, nested) \
	{ #name, place_, BIND_RECORD, .table = &nested##_table },
#define ROW_BIND_MANY(name, place_, help_, nested, members_, ...) \
	{ #name, place_, BIND_MAP, .members = &members_ },
#define ROW_BIND_KEYED ROW_BIND_MANY
