/* marks.c - what makes an object ours, on one that is there: file_mark, domain_mark. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "formats/domain.h"
#include "host/read/files.h"
#include "host/write/place.h"
#include "host/write/write.h"

/* ---- file_mark ---- */

enum { MARK_BYTES = 256 };

static int file_open(struct write *write, const char *path, struct faults *faults)
{
	PLACE struct place place = { -1 };
	struct stat status = {};
	int there = place_open(write->arena, path, 0, &place, faults);

	if (there < 0)
		return -1;
	int fd = there ? openat(place.folder, place.name,
				O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
		       : -1;
	if (fd < 0 && (!there || errno == ENOENT))
		return fault(faults, FAULT_MOVED, "there is no \"%s\" any more", path);
	if (fd < 0)
		return fault_errno(faults, errno, "cannot open \"%s\"", path);
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		return fd;
	files_close(&fd);
	return fault(faults, FAULT_HOST, "\"%s\" is no file", path);
}

/* NULL where it has none. */
static int mark_read(struct write *write, int fd, const char *path, const char **ret,
		     struct faults *faults)
{
	char mark[MARK_BYTES];
	ssize_t size = fgetxattr(fd, MARK_NAME, mark, sizeof(mark));

	if (size < 0 && errno != ENODATA && errno != ENOTSUP)
		return fault_errno(faults, errno, "cannot see whose \"%s\" is", path);
	*ret = size < 0 ? NULL : arena_strndup(write->arena, mark, (size_t)size);
	return 0;
}

int file_mark_inverse(struct write *write, const struct step *step, struct step *ret,
		      struct faults *faults)
{
	const char *path = step->argument[0], *mark = NULL;
	FILES_CLOSE int fd = file_open(write, path, faults);

	if (fd < 0 || mark_read(write, fd, path, &mark, faults) < 0)
		return -1;
	if (string_equal(mark, step->argument[1]))
		return inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_file_mark, path, mark, NULL);
}

int file_mark_perform(struct write *write, const struct step *step, struct outcome *ret,
		      struct faults *faults)
{
	const char *path = step->argument[0], *mark = step->argument[1], *is = NULL;
	FILES_CLOSE int fd = file_open(write, path, faults);

	if (fd < 0 || mark_read(write, fd, path, &is, faults) < 0)
		return -1;
	if (string_equal(is, mark))
		return outcome_is(ret, RESULT_SAME);
	if (!mark && fremovexattr(fd, MARK_NAME) < 0)
		return fault_errno(faults, errno, "cannot take the mark off \"%s\"", path);
	return mark_set(fd, path, mark, faults) < 0 ? -1 : outcome_is(ret, RESULT_DONE);
}

/* ---- domain_mark ---- */

static const unsigned config = VIR_DOMAIN_AFFECT_CONFIG, live = VIR_DOMAIN_AFFECT_LIVE;

/* What there is of it: one that is transient has nothing configured, one that is off nothing
 * live. */
static int states_of(virDomainPtr domain, const char *name, unsigned *ret, struct faults *faults)
{
	int persistent = virDomainIsPersistent(domain);
	int active = persistent < 0 ? -1 : virDomainIsActive(domain);

	if (persistent < 0 || active < 0)
		return virt_fault(faults, "cannot look at domain \"%s\"", name);
	*ret = (persistent ? config : 0) | (active ? live : 0);
	return 0;
}

/* NULL where there is none in this state. */
static int metadata(struct write *write, virDomainPtr domain, const char *name, unsigned state,
		    const char **ret, struct faults *faults)
{
	VIRT_STRING char *mark =
		virDomainGetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, DOMAIN_MARK_URI, state);

	*ret = mark ? arena_strdup(write->arena, mark) : NULL;
	if (mark || virGetLastErrorCode() == VIR_ERR_NO_DOMAIN_METADATA)
		return 0;
	return virt_fault(faults, "cannot see whose domain \"%s\" is", name);
}

int domain_mark_inverse(struct write *write, const struct step *step, struct step *ret,
			struct faults *faults)
{
	VIRT_DOMAIN virDomainPtr domain = NULL;
	const char *name = step->argument[0], *mark = NULL;
	unsigned states = 0;

	if (domain_need(write, name, &domain, faults) < 0 ||
	    states_of(domain, name, &states, faults) < 0 ||
	    metadata(write, domain, name, states & config ? config : live, &mark, faults) < 0)
		return -1;
	if (domain_mark_same(write->arena, mark, step->body))
		return inverse_nothing(write, step, ret, faults);
	inverse_of(ret, VERB_domain_mark, name, NULL, NULL);
	return mark ? inverse_body(ret, mark, strlen(mark)) : 0;
}

/* 1: it was another. */
static int mark_state(struct write *write, virDomainPtr domain, const struct step *step,
		      unsigned state, struct faults *faults)
{
	const char *name = step->argument[0], *before = NULL;

	if (metadata(write, domain, name, state, &before, faults) < 0)
		return -1;
	if (domain_mark_same(write->arena, before, step->body))
		return 0;
	if (virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, step->body,
				 DOMAIN_MARK_PREFIX, DOMAIN_MARK_URI, state) < 0)
		return virt_fault(faults, "cannot mark domain \"%s\"", name);
	return 1;
}

int domain_mark_perform(struct write *write, const struct step *step, struct outcome *ret,
			struct faults *faults)
{
	VIRT_DOMAIN virDomainPtr domain = NULL;
	unsigned states = 0;

	if (domain_need(write, step->argument[0], &domain, faults) < 0 ||
	    states_of(domain, step->argument[0], &states, faults) < 0)
		return -1;
	int configured = states & config ? mark_state(write, domain, step, config, faults) : 0;
	if (configured < 0)
		return -1;
	int running = states & live ? mark_state(write, domain, step, live, faults) : 0;
	if (running < 0)
		return -1;
	return outcome_is(ret, configured || running ? RESULT_DONE : RESULT_SAME);
}
