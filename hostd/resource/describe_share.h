/* describe_share.h - for describe.c. */
#pragma once

#include "document/node.h"

/* Puts each part of a JSON Schema that stands at several places below "$defs", and refers to it. */
void schema_share(struct arena *arena, struct node *root);
