/* bind_value.h - one value at one place, for bind.c. */
#pragma once

#include "formats/bind.h"

/* Reads the place into the member; true where it says something the field can hold. */
bool value_read(const struct bind_context *context, const struct bind_table *table,
		const struct bind *row, xmlNode *element, void *value);

void value_write(struct arena *arena, const struct bind *row, const struct field *field,
		 xmlNode *element, const void *member);

/* The last name of a place, and the element above it: made where `make` says so, or NULL. */
const char *place_last(const char *place);
xmlNode *place_parent(struct arena *arena, xmlNode *element, const char *place, bool make);

/* Takes away what the row says, and the unit that stands beside it. */
void value_remove(struct arena *arena, const struct bind *row, xmlNode *element);
