#include "journal/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "document/document.h"
#include "journal/journal_file.h"

struct journal *journal_open(struct arena *arena, const char *folder, bool write,
			     struct faults *faults)
{
	struct journal *journal = ARENA_NEW(arena, struct journal);

	*journal = (struct journal){ arena, arena_strdup(arena, folder), -1, -1, write };
	if (write && mkdir(folder, 0755) < 0 && errno != EEXIST) {
		fault_errno(faults, errno, "cannot make the folder \"%s\"", folder);
		return NULL;
	}
	journal->folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (journal->folder_fd < 0 && (write || errno != ENOENT)) {
		fault_errno(faults, errno, "cannot open the folder \"%s\"", folder);
		return NULL;
	}
	return journal;
}

void journal_close(struct journal *journal)
{
	if (!journal)
		return;
	if (journal->lock_fd >= 0)
		close(journal->lock_fd);
	if (journal->folder_fd >= 0)
		close(journal->folder_fd);
	journal->lock_fd = journal->folder_fd = -1;
}

void journal_cleanup(struct journal **journal)
{
	journal_close(*journal);
}

int journal_lock(struct journal *journal, bool wait, struct faults *faults)
{
	int fd = openat(journal->folder_fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return fault_errno(faults, errno, "cannot open \"%s/lock\"", journal->folder);
	if (flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB) < 0) {
		int error = errno;
		close(fd);
		if (error == EWOULDBLOCK)
			return fault(faults, FAULT_MOVED, "another run is changing this host");
		return fault_errno(faults, error, "cannot lock \"%s/lock\"", journal->folder);
	}
	journal->lock_fd = fd;
	return 0;
}

/* ---- the ledger ---- */

static int ledger_read_one(struct journal *journal, const struct kind *const *all, const char *file,
			   struct items *items, struct faults *faults)
{
	const char *path = arena_printf(journal->arena, "ledger/%s", file), *text = NULL;
	struct sources sources;
	struct node *root = NULL;

	sources_init(&sources, journal->arena);
	if (journal_file_read(journal, path, &text, faults) < 0)
		return -1;
	if (!text)
		return 0;
	if (document_parse(&sources, path, text, strlen(text), &root, faults) < 0)
		return -1;
	const struct node *kind_node = node_get(root, "kind"), *name = node_get(root, "name");
	const struct node *given = node_get(root, "given");
	if (!kind_node || !name || !given || kind_node->kind != NODE_SCALAR ||
	    name->kind != NODE_SCALAR)
		return fault(faults, FAULT_HOST, "\"%s/%s\" is no ledger entry", journal->folder,
			     path);
	for (; *all; all++) {
		if (strcmp((*all)->path, kind_node->text) != 0)
			continue;
		struct item *item = items_add(items, *all, name->text);
		struct faults ignored;
		faults_init(&ignored, journal->arena);
		/* What this version no longer knows of an older ledger stays behind. */
		if (record_read_back(journal->arena, (*all)->record, given, item->value, &ignored) <
		    0)
			continue;
	}
	return 0;
}

int journal_ledger(struct journal *journal, const struct kind *const *all, struct items *ret_items,
		   struct faults *faults)
{
	struct journal_names files = {};
	struct items items = { .arena = journal->arena };

	if (journal_file_list(journal, "ledger", &files, faults) < 0)
		return -1;
	EACH(file, &files.list)
		if (string_ends(*file, ".yaml") &&
		    ledger_read_one(journal, all, *file, &items, faults) < 0)
			return -1;
	*ret_items = items;
	return 0;
}

/* ---- the hold ---- */

/* A description may hold passwords in clear. */
static const char *digest_of(struct arena *arena, const char *what)
{
	unsigned char digest[crypto_hash_sha256_BYTES];
	char *hex = arena_alloc(arena, 2 * sizeof(digest) + 1);

	crypto_hash_sha256(digest, (const unsigned char *)what, strlen(what));
	return sodium_bin2hex(hex, 2 * sizeof(digest) + 1, digest, sizeof(digest));
}

int journal_hold(struct journal *journal, const char *what, struct faults *faults)
{
	return what ? journal_file_write(journal, "hold", digest_of(journal->arena, what), faults)
		    : journal_file_remove(journal, "hold", faults);
}

int journal_held(struct journal *journal, const char *what, struct faults *faults)
{
	const char *held = NULL;
	int found = journal_file_read(journal, "hold", &held, faults);

	return found < 0 ? -1 : found && strcmp(held, digest_of(journal->arena, what)) == 0;
}
