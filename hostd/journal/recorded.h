/* recorded.h - steps as journal lines hold them; for this room alone. */
#pragma once

#include "journal/journal.h"

/* A step as a tree: verb, class, arguments, body (base64 where it is not plain text). */
struct node *step_to_node(struct arena *arena, const struct step *step);
/* The step back; false where the tree is none. */
bool step_from_node(struct arena *arena, const struct node *node, struct step *ret_step);
