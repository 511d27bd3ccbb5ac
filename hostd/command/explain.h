/* explain.h - what explain says of a field, as help and as a manual page. */
#pragma once

#include "command/command.h"

/* What a field's value is, before the name of its type: "", "a mapping", "a list; each ". */
const char *explain_form(const struct field *field);
/* The words that a field may be, in a row; it has some. */
const char *explain_choices(struct arena *arena, const struct field *field);
/* Whether there is one class to tell of a change of it. */
bool explain_costs(const struct field *field);
/* Prints the whole language in mdoc(7); an exit status. */
int explain_man(struct session *session);
