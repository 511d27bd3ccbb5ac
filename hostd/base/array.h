/* array.h - a growing array of any type, in an arena.
 *
 *	ARRAY(struct step) steps = {};
 *	struct step *step = ARRAY_ADD(arena, &steps);   // zeroed, valid until the next ADD
 *	EACH(step, &steps) ...
 */
#pragma once

#include <stddef.h>

#include "base/arena.h"

#define ARRAY(type)                 \
	struct {                    \
		type *at;           \
		size_t count, room; \
	}

/* A pointer to a new zeroed element at the end.  Growing moves the elements. */
#define ARRAY_ADD(arena, array)                                                      \
	({                                                                           \
		__typeof__(array) array_ = (array);                                  \
		if (array_->count == array_->room) {                                 \
			size_t room_ = array_->room ? array_->room * 2 : 8;          \
			array_->at = arena_grow((arena), array_->at,                 \
						array_->count * sizeof(*array_->at), \
						room_ * sizeof(*array_->at));        \
			array_->room = room_;                                        \
		}                                                                    \
		&array_->at[array_->count++];                                        \
	})

/* Appends a value. */
#define ARRAY_PUSH(arena, array, value) (*ARRAY_ADD((arena), (array)) = (value))

/* Walks the elements: `EACH(step, &steps) use(step->verb);` declares `step` as a pointer to
 * the element.  Nothing may be added meanwhile.  A plain loop: break and continue work. */
#define EACH(name, array)                                                                 \
	for (__typeof__(*(array)->at) *name = (array)->at,                                \
				      *name##_end_ = name ? name + (array)->count : name; \
	     name < name##_end_; name++)

/* How many elements a C array has. */
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
