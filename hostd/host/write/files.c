/* files.c - file_write, file_remove, directory_make, directory_remove. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/read/files.h"
#include "host/write/place.h"
#include "host/write/write.h"

/* ---- notes ---- */

void note_leave(struct write *write, const char *path, const char *text)
{
	PLACE struct place place = { .folder = -1 };
	struct faults unheard;

	faults_init(&unheard, write->arena);
	if (place_open(write->arena, path, PLACE_MAKE, &place, &unheard) != 1)
		return;
	int fd = place_begin(write->arena, &place, &unheard);
	if (fd < 0)
		return;
	if (place_write(&place, fd, text, strlen(text), &unheard) < 0 ||
	    place_commit(write->arena, &place, fd, true, &unheard) < 0)
		place_abandon(write->arena, &place);
	close(fd);
}

/* ---- unmake ---- */

int inverse_making(struct write *write, enum verb removal, const char *path, struct step *ret,
		   struct faults *faults)
{
	const char *above = NULL;

	if (place_missing(write->arena, path, &above, faults) < 0)
		return -1;
	return inverse_of(ret, above ? VERB_unmake : removal, path, above, NULL);
}

/* Nothing is lost by a folder that has to stay: somebody has put something there. */
static void folders_remove(struct write *write, const char *path, const char *above)
{
	char *folder = arena_strdup(write->arena, path);
	char *slash;

	while ((slash = strrchr(folder, '/')) && (size_t)(slash - folder) >= strlen(above)) {
		PLACE struct place place = { -1 };
		struct faults unheard;
		*slash = '\0';
		faults_init(&unheard, write->arena);
		int there = place_open(write->arena, folder, 0, &place, &unheard);
		if (there == 1 && unlinkat(place.folder, place.name, AT_REMOVEDIR) < 0 &&
		    errno != ENOENT)
			return;
	}
}

int unmake_perform(struct write *write, const struct step *step, struct outcome *ret,
		   struct faults *faults)
{
	const char *path = step->argument[0], *above = step->argument[1];
	PLACE struct place place = { -1 };
	struct host_file file = {};
	int there = place_open(write->arena, path, 0, &place, faults);

	if (!string_starts(path, above) || path[strlen(above)] != '/')
		return fault(faults, FAULT_HOST, "\"%s\" is not below \"%s\"", path, above);
	if (there == 1)
		there = place_look(&place, &file, faults);
	if (there < 0)
		return -1;
	int removed = there && file.kind == FILE_DIRECTORY
			      ? directory_remove_perform(write, step, ret, faults)
			      : file_unlink(write, path, ret, faults);
	if (removed == 0 && ret->result != RESULT_REFUSED)
		folders_remove(write, path, above);
	return removed;
}

/* ---- file_write ---- */

struct wish {
	mode_t mode;
	struct owner owner;
};

static int wish_of(const struct step *step, struct wish *ret, struct faults *faults)
{
	if (mode_parse(step->argument[1], &ret->mode, faults) < 0)
		return -1;
	return owner_parse(step->argument[2], &ret->owner, faults);
}

static bool is_wished(const struct host_file *file, const struct wish *wish)
{
	return file->mode == wish->mode &&
	       (wish->owner.uid == (uid_t)-1 || wish->owner.uid == file->uid) &&
	       (wish->owner.gid == (gid_t)-1 || wish->owner.gid == file->gid);
}

/* Owner first: changing it clears set-id bits. */
static int wish_grant(int fd, const char *path, const struct wish *wish, struct faults *faults)
{
	if ((wish->owner.uid != (uid_t)-1 || wish->owner.gid != (gid_t)-1) &&
	    fchown(fd, wish->owner.uid, wish->owner.gid) < 0)
		return fault_errno(faults, errno, "cannot give \"%s\" its owner", path);
	if (fchmod(fd, wish->mode) < 0)
		return fault_errno(faults, errno, "cannot give \"%s\" its mode", path);
	return 0;
}

static bool same_bytes(const struct step *step, const char *text, size_t size)
{
	return size == step->body_size && (!size || memcmp(text, step->body, size) == 0);
}

int file_write_inverse(struct write *write, const struct step *step, struct step *ret,
		       struct faults *faults)
{
	PLACE struct place place = { -1 };
	struct host_file file = {};
	struct wish wish = {};
	const char *text = NULL;
	size_t size = 0;

	if (wish_of(step, &wish, faults) < 0)
		return -1;
	int there = place_open(write->arena, step->argument[0], 0, &place, faults);
	if (there == 1)
		there = place_read(write->arena, &place, &file, &text, &size, faults);
	if (there < 0)
		return -1;
	if (there == 0)
		return inverse_making(write, VERB_file_remove, step->argument[0], ret, faults);
	if (same_bytes(step, text, size) && is_wished(&file, &wish))
		return inverse_nothing(write, step, ret, faults);
	inverse_of(ret, VERB_file_write, step->argument[0], mode_text(write->arena, &file),
		   owner_text(write->arena, &file));
	ret->secret_body = step->secret_body;
	return inverse_body(ret, text, size);
}

static int only_mode(const struct place *place, const struct wish *wish, struct outcome *ret,
		     struct faults *faults)
{
	FILES_CLOSE int fd =
		openat(place->folder, place->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return fault_errno(faults, errno, "cannot open \"%s\"", place->path);
	return wish_grant(fd, place->path, wish, faults) < 0 ? -1 : outcome_is(ret, RESULT_DONE);
}

static int replace(struct write *write, const struct place *place, const struct step *step,
		   const struct wish *wish, struct faults *faults)
{
	FILES_CLOSE int fd = place_begin(write->arena, place, faults);

	if (fd < 0)
		return -1;
	if (place_write(place, fd, step->body, step->body_size, faults) == 0 &&
	    wish_grant(fd, place->path, wish, faults) == 0 &&
	    place_commit(write->arena, place, fd, true, faults) == 0)
		return 0;
	place_abandon(write->arena, place);
	return -1;
}

int file_write_perform(struct write *write, const struct step *step, struct outcome *ret,
		       struct faults *faults)
{
	PLACE struct place place = { -1 };
	struct host_file file = {};
	struct wish wish = {};
	const char *text = NULL;
	size_t size = 0;

	if (wish_of(step, &wish, faults) < 0)
		return -1;
	int there = place_open(write->arena, step->argument[0], PLACE_MAKE, &place, faults);
	if (there == 1)
		there = place_read(write->arena, &place, &file, &text, &size, faults);
	if (there < 0)
		return -1;
	if (there == 1 && same_bytes(step, text, size))
		return is_wished(&file, &wish) ? outcome_is(ret, RESULT_SAME)
					       : only_mode(&place, &wish, ret, faults);
	if (there == 1 && wish.owner.uid == (uid_t)-1)
		wish.owner = (struct owner){ file.uid, file.gid };
	if (replace(write, &place, step, &wish, faults) < 0)
		return -1;
	return outcome_is(ret, RESULT_DONE);
}

/* ---- file_remove ---- */

int file_remove_inverse(struct write *write, const struct step *step, struct step *ret,
			struct faults *faults)
{
	PLACE struct place place = { -1 };
	struct host_file file = {};
	const char *text = NULL;
	size_t size = 0;

	int there = place_open(write->arena, step->argument[0], 0, &place, faults);
	if (there == 1)
		there = place_read(write->arena, &place, &file, &text, &size, faults);
	if (there < 0)
		return -1;
	if (there == 0)
		return inverse_nothing(write, step, ret, faults);
	inverse_of(ret, VERB_file_write, step->argument[0], mode_text(write->arena, &file),
		   owner_text(write->arena, &file));
	ret->secret_body = step->secret_body;
	return inverse_body(ret, text, size);
}

int file_unlink(struct write *write, const char *path, struct outcome *ret, struct faults *faults)
{
	PLACE struct place place = { -1 };
	struct host_file file = {};

	int there = place_open(write->arena, path, 0, &place, faults);
	if (there == 1)
		there = place_look(&place, &file, faults);
	if (there < 0)
		return -1;
	if (there == 0)
		return outcome_is(ret, RESULT_SAME);
	if (file.kind != FILE_REGULAR)
		return fault(faults, FAULT_HOST, "\"%s\" is there and is not a regular file", path);
	if (unlinkat(place.folder, place.name, 0) < 0)
		return fault_errno(faults, errno, "cannot remove \"%s\"", path);
	if (fsync(place.folder) < 0)
		return fault_errno(faults, errno, "cannot sync the folder of \"%s\"", path);
	return outcome_is(ret, RESULT_DONE);
}

int file_remove_perform(struct write *write, const struct step *step, struct outcome *ret,
			struct faults *faults)
{
	return file_unlink(write, step->argument[0], ret, faults);
}

/* ---- directory_make, directory_remove ---- */

static int folder_look(struct write *write, const char *path, unsigned flags, struct place *place,
		       struct host_file *file, struct faults *faults)
{
	int there = place_open(write->arena, path, flags, place, faults);

	if (there == 1)
		there = place_look(place, file, faults);
	if (there == 1 && file->kind != FILE_DIRECTORY)
		return fault(faults, FAULT_HOST, "\"%s\" is there and is not a directory", path);
	return there;
}

int directory_make_inverse(struct write *write, const struct step *step, struct step *ret,
			   struct faults *faults)
{
	PLACE struct place place = { -1 };
	struct host_file file = {};
	struct wish wish = {};

	if (wish_of(step, &wish, faults) < 0)
		return -1;
	int there = folder_look(write, step->argument[0], 0, &place, &file, faults);
	if (there < 0)
		return -1;
	if (there == 0)
		return inverse_making(write, VERB_directory_remove, step->argument[0], ret, faults);
	if (is_wished(&file, &wish))
		return inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_directory_make, step->argument[0],
			  mode_text(write->arena, &file), owner_text(write->arena, &file));
}

int directory_make_perform(struct write *write, const struct step *step, struct outcome *ret,
			   struct faults *faults)
{
	PLACE struct place place = { -1 };
	struct host_file file = {};
	struct wish wish = {};
	const char *path = step->argument[0];

	if (wish_of(step, &wish, faults) < 0)
		return -1;
	int there = folder_look(write, path, PLACE_MAKE, &place, &file, faults);
	if (there < 0)
		return -1;
	if (there == 1 && is_wished(&file, &wish))
		return outcome_is(ret, RESULT_SAME);
	if (there == 0 && mkdirat(place.folder, place.name, 0700) < 0)
		return fault_errno(faults, errno, "cannot make \"%s\"", path);
	FILES_CLOSE int fd =
		openat(place.folder, place.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return fault_errno(faults, errno, "cannot open \"%s\"", path);
	if (wish_grant(fd, path, &wish, faults) < 0)
		return -1;
	if (fsync(place.folder) < 0)
		return fault_errno(faults, errno, "cannot sync the folder of \"%s\"", path);
	return outcome_is(ret, RESULT_DONE);
}

int directory_remove_inverse(struct write *write, const struct step *step, struct step *ret,
			     struct faults *faults)
{
	PLACE struct place place = { -1 };
	struct host_file file = {};
	int there = folder_look(write, step->argument[0], 0, &place, &file, faults);

	if (there < 0)
		return -1;
	if (there == 0)
		return inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_directory_make, step->argument[0],
			  mode_text(write->arena, &file), owner_text(write->arena, &file));
}

int directory_remove_perform(struct write *write, const struct step *step, struct outcome *ret,
			     struct faults *faults)
{
	PLACE struct place place = { -1 };
	struct host_file file = {};
	const char *path = step->argument[0];
	int there = folder_look(write, path, 0, &place, &file, faults);

	if (there < 0)
		return -1;
	if (there == 0)
		return outcome_is(ret, RESULT_SAME);
	if (unlinkat(place.folder, place.name, AT_REMOVEDIR) == 0)
		return outcome_is(ret, RESULT_DONE);
	if (errno == ENOTEMPTY || errno == EEXIST || errno == EBUSY)
		return outcome_why(
			ret, RESULT_REFUSED,
			arena_printf(write->arena, "\"%s\" is in use or holds files", path));
	return fault_errno(faults, errno, "cannot remove \"%s\"", path);
}
