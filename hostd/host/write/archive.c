/* archive.c - archive_write: a few small files as one ISO 9660 or tar file.
 *
 * The bytes depend on nothing but the step: no time of day, no inode, no user stands in them, so
 * that the same seed is the same file and needs no writing.
 */
#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "document/document.h"
#include "formats/iso9660.h"
#include "host/write/write.h"

/* The fixed time of everything: 1980-01-01, which FAT and Joliet readers can show as well. */
static const time_t epoch = 315532800;

static void archive_cleanup(struct archive **archive)
{
	archive_write_free(*archive);
}

static la_ssize_t take_bytes(struct archive *archive, void *data, const void *bytes, size_t size)
{
	(void)archive;
	text_add_bytes(data, bytes, size);
	return (la_ssize_t)size;
}

static int broken(struct archive *archive, struct faults *faults)
{
	const char *why = archive_error_string(archive);

	return fault(faults, FAULT_HOST, "cannot put the archive together: %s",
		     why ? why : "no reason given");
}

static int format_set(struct archive *archive, const struct step *step, struct faults *faults)
{
	const char *format = step->argument[1], *label = step->argument[2];
	int result = ARCHIVE_OK;

	if (string_equal(format, "tar"))
		result = archive_write_set_format_ustar(archive);
	else if (!string_equal(format, "iso9660"))
		return fault(faults, FAULT_HOST, "archive format \"%s\" is neither iso9660 nor tar",
			     format);
	else if (archive_write_set_format_iso9660(archive) != ARCHIVE_OK ||
		 archive_write_set_format_option(archive, "iso9660", "volume-id", label) !=
			 ARCHIVE_OK)
		result = ARCHIVE_FATAL;
	return result == ARCHIVE_OK ? 0 : broken(archive, faults);
}

static int entry_add(struct archive *archive, struct archive_entry *entry, const struct node *file,
		     struct faults *faults)
{
	size_t size = strlen(file->text);

	archive_entry_clear(entry);
	archive_entry_set_pathname(entry, file->key);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, (la_int64_t)size);
	archive_entry_set_mtime(entry, epoch, 0);
	archive_entry_set_atime(entry, epoch, 0);
	archive_entry_set_ctime(entry, epoch, 0);
	archive_entry_set_birthtime(entry, epoch, 0);
	if (archive_write_header(archive, entry) != ARCHIVE_OK ||
	    archive_write_data(archive, file->text, size) != (la_ssize_t)size)
		return broken(archive, faults);
	return 0;
}

static int entries_add(struct archive *archive, const struct node *files, struct faults *faults)
{
	struct archive_entry *entry = archive_entry_new();
	int result = 0;

	NODE_EACH(file, files) {
		if (file->kind != NODE_SCALAR || !*file->key || strchr(file->key, '/'))
			result = fault(faults, FAULT_HOST, "\"%s\" is no file for an archive",
				       file->key);
		else
			result = entry_add(archive, entry, file, faults);
		if (result < 0)
			break;
	}
	archive_entry_free(entry);
	return result;
}

static int archive_make(struct write *write, const struct step *step, struct text *text,
			struct faults *faults)
{
	__attribute__((cleanup(archive_cleanup))) struct archive *archive = archive_write_new();
	struct sources sources = {};
	struct node *files = NULL;

	sources_init(&sources, write->arena);
	if (document_parse(&sources, "archive", step->body ? step->body : "", step->body_size,
			   &files, faults) < 0 ||
	    format_set(archive, step, faults) < 0)
		return -1;
	if (files->kind != NODE_MAP)
		return fault(faults, FAULT_HOST, "the archive's files are not a map");
	if (archive_write_open2(archive, text, NULL, take_bytes, NULL, NULL) != ARCHIVE_OK)
		return broken(archive, faults);
	if (entries_add(archive, files, faults) < 0)
		return -1;
	if (archive_write_close(archive) != ARCHIVE_OK)
		return broken(archive, faults);
	if (string_equal(step->argument[1], "iso9660"))
		iso9660_settle(text->at, text->size, step->argument[2]);
	return 0;
}

/* The same, as a file_write of the archive's bytes. */
static int as_file(struct write *write, const struct step *step, struct step *ret,
		   struct faults *faults)
{
	struct text text = text_of(write->arena);

	if (archive_make(write, step, &text, faults) < 0)
		return -1;
	inverse_of(ret, VERB_file_write, step->argument[0], step->argument[3], NULL);
	ret->secret_body = step->secret_body;
	return inverse_body(ret, text.at, text.size);
}

int archive_write_inverse(struct write *write, const struct step *step, struct step *ret,
			  struct faults *faults)
{
	struct step file = {};

	return as_file(write, step, &file, faults) < 0
		       ? -1
		       : file_write_inverse(write, &file, ret, faults);
}

int archive_write_perform(struct write *write, const struct step *step, struct outcome *ret,
			  struct faults *faults)
{
	struct step file = {};

	return as_file(write, step, &file, faults) < 0
		       ? -1
		       : file_write_perform(write, &file, ret, faults);
}
