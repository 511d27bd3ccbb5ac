/* storage.h - what pools, images, volumes and guests know of each other: where things lie.
 *
 *	pools		a folder: /var/lib/gasthof/pools/NAME unless it says a path
 *	images		POOL/images/NAME-DIGEST.FORMAT; DIGEST is the start of the content's
 *			digest (of the URL's where none is given), so that a new version lies
 *			beside the old one and never changes what volumes stand on (PIT57)
 *	volumes		POOL/NAME.qcow2, POOL/NAME.img
 *
 * A file is ours by its extended attribute user.gasthof, "images.NAME" or "volumes.NAME".
 */
#pragma once

#include "host/read/host.h"
#include "resource/desired.h"

#define STORAGE_FOLDER  "/var/lib/gasthof/pools"
#define STORAGE_MARK    "user.gasthof"
#define STORAGE_DIGEST  "user.gasthof.sha256"  /* "DIGEST SIZE" */
#define STORAGE_BACKING "user.gasthof.backing" /* of a volume: the same of its image */

struct guest;

struct pool {
	struct given given;
	const char *name, *type, *path;
	bool autostart, overcommit;
	bool active; /* implied */
};
extern const struct record pool_record;

struct image {
	struct given given;
	const char *url, *format, *pool;
	struct digest sha256;
	const char *path; /* implied */

	/* beside the table: of an observed one */
	uint64_t virtual_size;
	bool damaged; /* it is no longer as large as it was when it was fetched */
};
extern const struct record image_record;

struct volume {
	struct given given;
	const char *pool, *format, *image;
	struct bytes size;
	const char *path; /* implied */

	/* beside the table: of an observed one */
	const char *backing;
	const char *backing_digest; /* what it was made on, in hexadecimal; NULL: nobody wrote it
				     * down */
};
extern const struct record volume_record;

extern const struct kind pools_kind, images_kind, volumes_kind, guests_kind;

/* Where a described thing lies, also before its kind has completed it; NULL where an image or
 * volume is not described. */
const char *storage_pool_path(const struct desired *desired, const char *pool);
const char *storage_image_path(const struct desired *desired, const char *image);
const char *storage_volume_path(const struct desired *desired, const char *volume);

/* The pool of an image or volume, defaults resolved; NULL where the image is not described. */
const char *storage_image_pool(const struct desired *desired, const char *image);
const char *storage_volume_pool(const struct desired *desired, const struct volume *volume);

/* "qcow2" or "raw", the default included. */
const char *storage_volume_format(const struct volume *volume);

/* Folders to look into: those of libvirt's pools of type dir, and those below STORAGE_FOLDER. */
struct storage_folder {
	const char *pool, *path;
};
struct storage_folders {
	ARRAY(struct storage_folder) list;
};
int storage_folders(struct host *host, struct storage_folders *ret,
		    struct faults *faults) MUST_CHECK;

/* What a file says it is: "images" or "volumes" in `kind`, and ret_name its handle; 1, 0 for
 * a file that is not, -1. */
int storage_mark(struct host *host, const char *path, const char *kind, const char **ret_name,
		 struct faults *faults) MUST_CHECK;

/* The digest that one of the attributes above begins with: 1, 0 where it is not there, -1. */
int storage_digest(struct host *host, const char *path, const char *attribute,
		   const char **ret_digest, const char **ret_rest,
		   struct faults *faults) MUST_CHECK;

/* The handle of an image by where its file lies (or lay: it may have to be fetched again), or
 * NULL where no image of ours would. */
const char *storage_image_name(struct arena *arena, const char *path);

struct storage_place {
	const char *path;          /* or NULL */
	const char *pool, *volume; /* as libvirt calls them; or NULL */
	bool now;                  /* for storage_user: who is about to go has it still */
};
/* Whether a guest has it as a disk. */
bool storage_guest_uses(const struct guest *guest, const struct storage_place *place);
/* The class of making what an item is: where it was there once and a guest is defined with it
 * (*ret_loser, else NULL), an empty one in its place is nothing to be done by the way.  A ledger
 * alone does not tell that it was: it is written before the thing is made. */
int storage_create_class(const struct change *change, const struct storage_place *place,
			 enum class *ret_class, const char **ret_loser,
			 struct faults *faults) MUST_CHECK;
/* A guest that holds what lies there open (running, paused, suspended) and is not itself about to
 * go (which it is before what is removed, but not before what is changed), or NULL.  -1 where
 * nobody can tell. */
int storage_user(const struct view *view, const struct storage_place *place, const char **ret_user,
		 struct faults *faults) MUST_CHECK;

/* What lies at the path that a wanted thing wants, and the room around it. */
struct storage_facts {
	bool there, folder;
	uint64_t room; /* free bytes; only where known */
	bool room_known;
	uint64_t source; /* size of the file that a file:// URL names */
	bool source_known, source_missing;
};
int storage_look(struct host *host, const char *path, struct storage_facts *facts,
		 struct faults *faults) MUST_CHECK;

/* The place of a field of a volume, or of itself (NULL): a guest's own volume was described at its
 * disk, GUEST-DISK at disks.DISK. */
struct mark volume_mark(const struct item *item, const char *field);

/* An operation of volumes_kind that is a file of its own. */
int volumes_plan(const struct change *change, struct steps *steps,
		 struct faults *faults) MUST_CHECK;
