#include "kinds/file.h"

#include <string.h>

bool plan_file(struct steps *steps, const char *path, const char *want, const char *have)
{
	if (string_equal(want, have))
		return false;
	if (want)
		step_body(steps, step_add(steps, VERB_file_write, CLASS_NONE, path, "0644", NULL),
			  want, strlen(want));
	else
		step_add(steps, VERB_file_remove, CLASS_NONE, path);
	return true;
}
