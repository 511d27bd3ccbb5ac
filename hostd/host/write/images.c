/* images.c - image_fetch: bytes of strangers become a file that guests may stand on.
 *
 * They are hashed while they are written under a temporary name.  Only when the digest is the one
 * asked for and the header says what it should do they take their place; else the temporary file
 * goes and nothing has changed.  What comes over the network is received by a worker (worker.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "host/read/files.h"
#include "host/read/image.h"
#include "host/write/exec.h"
#include "host/write/place.h"
#include "host/write/worker.h"
#include "host/write/write.h"

enum { FETCH_SECONDS = 6 * 3600, HEX_SIZE = 2 * crypto_hash_sha256_BYTES };

/* ---- receiving ---- */

struct fetch {
	struct write *write;
	const struct place *place;
	int fd;
	uint64_t size, total; /* total: 0 where nobody said */
	crypto_hash_sha256_state hash;
	unsigned char header[WORKER_HEADER_SIZE]; /* of the worker's stream */
	size_t header_size;
	struct progress progress;
};

static bool is_zero(const char *bytes, size_t size)
{
	return size && !*bytes && memcmp(bytes, bytes + 1, size - 1) == 0;
}

/* Empty blocks become holes: a raw image costs what it holds. */
static int take(struct fetch *fetch, const char *bytes, size_t size, struct faults *faults)
{
	crypto_hash_sha256_update(&fetch->hash, (const unsigned char *)bytes, size);
	fetch->size += size;
	if (is_zero(bytes, size)) {
		if (lseek(fetch->fd, (off_t)size, SEEK_CUR) < 0)
			return fault_errno(faults, errno, "cannot write \"%s\"",
					   fetch->place->path);
	} else if (place_write(fetch->place, fetch->fd, bytes, size, faults) < 0) {
		return -1;
	}
	return still_wanted(fetch->write, fetch->size, fetch->total, faults);
}

static int take_stream(void *context, const void *bytes, size_t size, struct faults *faults)
{
	struct fetch *fetch = context;
	const char *at = bytes;

	while (size && fetch->header_size < WORKER_HEADER_SIZE) {
		fetch->header[fetch->header_size++] = (unsigned char)*at++;
		size--;
		if (fetch->header_size == WORKER_HEADER_SIZE)
			memcpy(&fetch->total, fetch->header, sizeof(fetch->total));
	}
	return size ? take(fetch, at, size, faults) : 0;
}

/* While the worker is silent, the run is still asked whether it goes on. */
static bool tell_again(struct progress *progress, uint64_t done, uint64_t total)
{
	struct fetch *fetch =
		(struct fetch *)((char *)progress - __builtin_offsetof(struct fetch, progress));

	(void)done;
	(void)total;
	return progress_tell(fetch->write->progress, fetch->size, fetch->total);
}

static int receive(struct fetch *fetch, const char *url, struct faults *faults)
{
	const char *const argv[] = { "/proc/self/exe", "worker", "fetch", NULL };
	struct exec exec = {
		.argv = argv,
		.name = "download",
		.input = url,
		.input_size = strlen(url),
		.timeout_seconds = FETCH_SECONDS,
		.progress = &fetch->progress,
		.take = take_stream,
		.context = fetch,
	};

	fetch->progress.tell = tell_again;
	return exec_run(fetch->write->arena, &exec, NULL, faults);
}

/* file:///var/lib/a%20b as a path; NULL where it is none. */
static const char *path_of_url(struct arena *arena, const char *url)
{
	const char *at = url + strlen("file://");
	struct text path = text_of(arena);
	unsigned char byte = 0;

	if (string_starts(at, "localhost/"))
		at += strlen("localhost");
	for (; *at; at++) {
		if (*at != '%') {
			text_add_byte(&path, *at);
			continue;
		}
		if (!at[1] || sodium_hex2bin(&byte, 1, at + 1, 2, NULL, NULL, NULL) != 0 || !byte)
			return NULL;
		text_add_byte(&path, (char)byte);
		at += 2;
	}
	return path.at[0] == '/' ? path.at : NULL;
}

static int copy_all(struct fetch *fetch, int from, const char *path, struct faults *faults)
{
	enum { BLOCK = 256 * 1024 };
	char *block = arena_alloc(fetch->write->arena, BLOCK);

	for (;;) {
		ssize_t size = read(from, block, BLOCK);
		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			return fault_errno(faults, errno, "cannot read \"%s\"", path);
		if (size == 0)
			return 0;
		if (take(fetch, block, (size_t)size, faults) < 0)
			return -1;
	}
}

static int copy(struct fetch *fetch, const char *url, struct faults *faults)
{
	const char *path = path_of_url(fetch->write->arena, url);
	struct stat status;

	if (!path)
		return fault(faults, FAULT_HOST, "\"%s\" is no address of a file", url);
	FILES_CLOSE int from = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (from < 0 || fstat(from, &status) < 0)
		return fault_errno(faults, errno, "cannot open \"%s\"", path);
	if (!S_ISREG(status.st_mode))
		return fault(faults, FAULT_HOST, "\"%s\" is not a regular file", path);
	fetch->total = (uint64_t)status.st_size;
	return copy_all(fetch, from, path, faults);
}

/* ---- checking ---- */

/* `wanted` NULL: nobody said; ret_found takes HEX_SIZE digits and a NUL. */
static int check_digest(crypto_hash_sha256_state *hash, const char *wanted, const char *what,
			char *ret_found, struct faults *faults)
{
	unsigned char digest[crypto_hash_sha256_BYTES];
	char *found = ret_found;

	crypto_hash_sha256_final(hash, digest);
	sodium_bin2hex(found, HEX_SIZE + 1, digest, sizeof(digest));
	if (!wanted || strcasecmp(found, wanted) == 0)
		return 0;
	return fault(faults, FAULT_HOST, "%s has the sha256 digest %s, wanted is %s", what, found,
		     wanted);
}

/* Digest and size go with the file, so that nobody has to read it all again to know it. */
static int keep_digest(int fd, const char *path, const char *digest, struct faults *faults)
{
	char value[HEX_SIZE + 32];
	struct stat status;

	if (fstat(fd, &status) < 0)
		return fault_errno(faults, errno, "cannot look at \"%s\"", path);
	snprintf(value, sizeof(value), "%s %" PRIu64, digest, (uint64_t)status.st_size);
	if (fsetxattr(fd, DIGEST_NAME, value, strlen(value), 0) < 0)
		return fault_errno(faults, errno, "cannot keep the digest of \"%s\"", path);
	return 0;
}

/* A backing or data file in a stranger's image would let a guest read the host's files. */
static int check_image(const struct host_image *image, const char *url, const char *format,
		       struct faults *faults)
{
	if (image->backing)
		return fault(faults, FAULT_HOST, "\"%s\" refers to the backing file \"%s\"", url,
			     image->backing);
	if (image->data_file)
		return fault(faults, FAULT_HOST, "\"%s\" refers to an external data file", url);
	if (!string_equal(image->format, format))
		return fault(faults, FAULT_HOST, "\"%s\" is %s, described as %s", url,
			     image->format, format);
	return 0;
}

static int inspect(struct fetch *fetch, const struct step *step, struct faults *faults)
{
	unsigned char *head = arena_alloc(fetch->write->arena, IMAGE_HEAD_MAX);
	struct host_image image = {};
	ssize_t size = pread(fetch->fd, head, IMAGE_HEAD_MAX, 0);

	if (size < 0)
		return fault_errno(faults, errno, "cannot read \"%s\" again", step->argument[0]);
	if (image_read(fetch->write->arena, head, (size_t)size, fetch->size, &image, faults) < 0)
		return -1;
	return check_image(&image, step->argument[1], step->argument[3], faults);
}

/* ---- the verb ---- */

int image_fetch_inverse(struct write *write, const struct step *step, struct step *ret,
			struct faults *faults)
{
	PLACE struct place place = { -1 };
	struct host_file file = {};
	int there = place_open(write->arena, step->argument[0], 0, &place, faults);

	if (there == 1)
		there = place_look(&place, &file, faults);
	if (there)
		return there < 0 ? -1 : inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_image_remove, step->argument[0], NULL, NULL);
}

/* A file that stands there already is the image, or not ours to replace. */
static int compare(struct write *write, const struct step *step, const struct place *place,
		   struct outcome *ret, struct faults *faults)
{
	enum { BLOCK = 256 * 1024 };
	unsigned char *block = arena_alloc(write->arena, BLOCK);
	crypto_hash_sha256_state hash;
	char found[HEX_SIZE + 1];
	uint64_t done = 0;
	ssize_t size = 0;
	FILES_CLOSE int fd =
		openat(place->folder, place->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return fault_errno(faults, errno, "cannot open \"%s\"", place->path);
	crypto_hash_sha256_init(&hash);
	while ((size = read(fd, block, BLOCK)) > 0) {
		crypto_hash_sha256_update(&hash, block, (size_t)size);
		done += (uint64_t)size;
		if (still_wanted(write, done, 0, faults) < 0)
			return -1;
	}
	if (size < 0)
		return fault_errno(faults, errno, "cannot read \"%s\"", place->path);
	if (check_digest(&hash, step->argument[2],
			 arena_printf(write->arena, "\"%s\", which is already there,", place->path),
			 found, faults) < 0)
		return -1;
	return mark_set(fd, place->path, step->argument[4], faults) < 0 ||
			       keep_digest(fd, place->path, found, faults) < 0
		       ? -1
		       : outcome_is(ret, RESULT_SAME);
}

static int fetch_into(struct fetch *fetch, const struct step *step, struct faults *faults)
{
	const char *url = step->argument[1];
	bool local = string_starts(url, "file://");
	char found[HEX_SIZE + 1];

	if (!local && !string_starts(url, "http://") && !string_starts(url, "https://"))
		return fault(faults, FAULT_HOST, "\"%s\" is none of https, http, file", url);
	WITHIN(faults, "%s", url);
	if ((local ? copy(fetch, url, faults) : receive(fetch, url, faults)) < 0 ||
	    check_digest(&fetch->hash, step->argument[2], "the image", found, faults) < 0)
		return -1;
	if (ftruncate(fetch->fd, (off_t)fetch->size) < 0)
		return fault_errno(faults, errno, "cannot write \"%s\"", fetch->place->path);
	if (inspect(fetch, step, faults) < 0)
		return -1;
	if (fchmod(fetch->fd, 0644) < 0)
		return fault_errno(faults, errno, "cannot give \"%s\" its mode",
				   fetch->place->path);
	if (mark_set(fetch->fd, fetch->place->path, step->argument[4], faults) < 0 ||
	    keep_digest(fetch->fd, fetch->place->path, found, faults) < 0)
		return -1;
	return place_commit(fetch->write->arena, fetch->place, fetch->fd, false, faults);
}

int image_fetch_perform(struct write *write, const struct step *step, struct outcome *ret,
			struct faults *faults)
{
	PLACE struct place place = { -1 };
	struct host_file file = {};
	struct fetch fetch = { .write = write, .place = &place };

	if (step->argument[2] && strlen(step->argument[2]) != HEX_SIZE)
		return fault(faults, FAULT_HOST, "\"%s\" is no sha256 digest", step->argument[2]);
	if (sodium_init() < 0)
		return fault(faults, FAULT_HOST, "cannot compute digests");
	if (place_open(write->arena, step->argument[0], PLACE_MAKE, &place, faults) < 0)
		return -1;
	int there = place_look(&place, &file, faults);
	if (there)
		return there < 0 ? -1 : compare(write, step, &place, ret, faults);
	crypto_hash_sha256_init(&fetch.hash);
	FILES_CLOSE int fd = place_begin(write->arena, &place, faults);
	fetch.fd = fd;
	if (fd < 0)
		return -1;
	if (fetch_into(&fetch, step, faults) < 0) {
		place_abandon(write->arena, &place);
		return -1;
	}
	return outcome_is(ret, RESULT_DONE);
}
