/* pages.c - pages_reserve: how many huge pages a pool holds. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "formats/shortfall.h"
#include "host/read/files.h"
#include "host/write/write.h"

static int text_read(struct write *write, const char *path, const char **ret, struct faults *faults)
{
	size_t size = 0;
	FILES_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fault_errno(faults, errno, "cannot open \"%s\"", path);
	return files_read_all(write->arena, fd, path, ret, &size, faults) < 0 ? -1 : 0;
}

static int pool_read(struct write *write, const char *path, uint64_t *ret, struct faults *faults)
{
	const char *text = NULL;

	if (!string_starts(path, "/sys/") || !string_ends(path, "/nr_hugepages"))
		return fault(faults, FAULT_HOST, "\"%s\" is no pool of huge pages", path);
	if (text_read(write, path, &text, faults) < 0)
		return -1;
	*ret = strtoull(text, NULL, 10);
	return 0;
}

static int pool_write(const char *path, uint64_t count, struct faults *faults)
{
	char text[24];
	int size = snprintf(text, sizeof(text), "%" PRIu64, count);
	FILES_CLOSE int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (fd < 0)
		return fault_errno(faults, errno, "cannot open \"%s\"", path);
	if (write(fd, text, (size_t)size) != size)
		return fault_errno(faults, errno, "the kernel does not take %s for \"%s\"", text,
				   path);
	return 0;
}

/* Of the pool's own node, or of the whole machine. */
static uint64_t available(struct write *write, const char *path)
{
	const char *node = strstr(path, "/hugepages/"), *text = NULL;
	struct faults unheard;
	const char *meminfo =
		string_starts(path, "/sys/devices/system/node/") && node
			? arena_printf(write->arena, "%.*s/meminfo", (int)(node - path), path)
			: "/proc/meminfo";

	faults_init(&unheard, write->arena);
	return text_read(write, meminfo, &text, &unheard) < 0 ? 0 : meminfo_available(text);
}

int pages_reserve_inverse(struct write *write, const struct step *step, struct step *ret,
			  struct faults *faults)
{
	uint64_t now = 0, wanted = 0;

	if (argument_number(step, 1, &wanted, faults) < 0 ||
	    pool_read(write, step->argument[0], &now, faults) < 0)
		return -1;
	if (now == wanted)
		return inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_pages_reserve, step->argument[0],
			  arena_printf(write->arena, "%" PRIu64, now), NULL);
}

/* Fewer pages than before may be more than asked for: those in use stay until they are given back.
 */
int pages_reserve_perform(struct write *write, const struct step *step, struct outcome *ret,
			  struct faults *faults)
{
	const char *path = step->argument[0];
	uint64_t before = 0, wanted = 0, reached = 0;

	if (argument_number(step, 1, &wanted, faults) < 0 ||
	    pool_read(write, path, &before, faults) < 0)
		return -1;
	if (before == wanted)
		return outcome_is(ret, RESULT_SAME);
	if (pool_write(path, wanted, faults) < 0 || pool_read(write, path, &reached, faults) < 0)
		return -1;
	if (reached == wanted)
		return outcome_is(ret, RESULT_DONE);
	note_leave(write, shortfall_path(write->arena, path),
		   shortfall_text(write->arena,
				  &(struct shortfall){ wanted, reached, available(write, path) }));
	return outcome_why(ret, RESULT_REFUSED,
			   arena_printf(write->arena,
					"%" PRIu64 " pages of %s were asked for, and there are "
					"%" PRIu64,
					wanted, pool_size_text(write->arena, path), reached));
}
