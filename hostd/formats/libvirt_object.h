/* libvirt_object.h - what networks and pools that libvirt runs itself have in common. */
#pragma once

#include "formats/definition.h"
#include "formats/guest_rows.h"
#include "formats/uuid.h"
#include "formats/veil.h"

struct libvirt_object { /* the beginning of every such record */
	struct given given;
	const char *name, *uuid;
	bool autostart;
	bool active;
	const char *libvirt_xml;

	/* beside the table: of an observed one */
	const char *xml;
};

#define LIBVIRT_OBJECT_STRUCT(name, ROWS)         \
	struct name {                             \
		struct libvirt_object object;     \
		ROWS(ROW_MEMBER, none)            \
	};                                        \
	extern const struct record name##_record; \
	extern const struct bind_table name##_table

/* Defining it anew takes effect when it is stopped and started: CLASS_SERVICE_RESTART. */
#define LIBVIRT_OBJECT_TABLE(name_, ROWS, root_)                                                 \
	static const struct field name_##_fields[] = {                                           \
		FIELD("name", struct name_, object.name, CLASS_SERVICE_RESTART,                  \
		      "libvirt's name of it, where that is not the key (<name>)",                \
		      .example = "default"),                                                     \
		FIELD("uuid", struct name_, object.uuid, CLASS_SERVICE_RESTART,                  \
		      "its UUID, where that must not follow from its name (<uuid>)",             \
		      .flags = FIELD_NOT_RUNNING, .equal = uuid_equal,                           \
		      .example = "0f9f8a63-5c2e-4c5c-9f1e-0a1b2c3d4e5f"),                        \
		FIELD("autostart", struct name_, object.autostart, CLASS_NONE,                   \
		      "whether libvirt starts it with the host", .flags = FIELD_NOT_RUNNING,     \
		      .fallback = "true"),                                                       \
		FIELD("active", struct name_, object.active, CLASS_LIVE,                         \
		      "whether it is to be started now; default: where libvirt starts it with "  \
		      "the host",                                                                \
		      .flags = FIELD_NOT_CONFIGURED),                                            \
		ROWS(ROW_FIELD, struct name_)                                                    \
			FIELD_TEXT("libvirt_xml", struct name_, object.libvirt_xml, &type_block, \
				   CLASS_SERVICE_RESTART,                                        \
				   "what this language cannot say, merged into the definition",  \
				   .equal = veil_block_equal, .veil = veil),                     \
	};                                                                                       \
	const struct record name_##_record = RECORD(struct name_, name_##_fields);               \
	static const struct bind name_##_binds[] = { { "name", "name", BIND_TEXT },              \
						     { "uuid", "uuid", BIND_TEXT },              \
						     ROWS(ROW_BIND, none) };                     \
	const struct bind_table name_##_table = BIND_TABLE(name_##_record, name_##_binds);       \
	const struct definition name_##_definition = { root_, &name_##_table }
