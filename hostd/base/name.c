#include "base/name.h"

#include <string.h>

static bool is_edge(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

static bool is_inner(char byte)
{
	return is_edge(byte) || byte == '_' || byte == '.' || byte == '-';
}

bool name_is_valid(const char *name)
{
	size_t length = strlen(name);

	if (!length || length > NAME_SIZE_MAX || !is_edge(name[0]) || !is_edge(name[length - 1]))
		return false;
	for (size_t i = 1; i + 1 < length; i++)
		if (!is_inner(name[i]))
			return false;
	return true;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

enum { WORD_MAX = NAME_SIZE_MAX + 1 };

/* Optimal string alignment over three rows; words longer than a name are never near. */
static unsigned distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
	unsigned rows[3][WORD_MAX + 1];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b_size; j++)
		last[j] = (unsigned)j;
	memset(before, 0, sizeof(rows[0]));
	for (size_t i = 1; i <= a_size; i++) {
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b_size; j++) {
			unsigned cost = a[i - 1] != b[j - 1];
			row[j] = least(least(last[j] + 1, row[j - 1] + 1), last[j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
		unsigned *spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[b_size];
}

const char *name_nearest(const char *word, const char *const *candidates, size_t count)
{
	size_t size = strlen(word);
	unsigned best = (unsigned)(size / 3 > 1 ? size / 3 : 1) + 1;
	const char *nearest = NULL;

	if (!size || size >= WORD_MAX)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		size_t candidate_size = strlen(candidates[i]);
		if (candidate_size >= WORD_MAX)
			continue;
		unsigned far = distance(word, size, candidates[i], candidate_size);
		if (far < best) {
			best = far;
			nearest = candidates[i];
		}
	}
	return nearest;
}

const char *name_fit(struct arena *arena, const char *text)
{
	char *name = arena_strdup(arena, text ? text : "");
	size_t size = 0;

	for (const char *from = name; *from && size < NAME_SIZE_MAX; from++) {
		char byte = *from;
		if (byte >= 'A' && byte <= 'Z')
			byte = (char)(byte - 'A' + 'a');
		bool plain = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
		if (size || plain)
			name[size++] = plain || byte == '_' ? byte : '-';
	}
	while (size && (name[size - 1] == '-' || name[size - 1] == '_'))
		size--;
	name[size] = '\0';
	return size ? name : NULL;
}
