#include "resource/chart.h"

#include "base/text.h"

char chart_sign(struct chart *chart, const char *means)
{
	static const char signs[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789";
	size_t next = 0;

	EACH(key, &chart->keys) {
		if (string_equal(key->means, means))
			return key->sign;
		next += key->sign == signs[next];
	}
	if (next < sizeof(signs) - 1) {
		ARRAY_PUSH(chart->arena, &chart->keys, ((struct chart_key){ signs[next], means }));
		return signs[next];
	}
	if (chart->keys.at[chart->keys.count - 1].sign != '+')
		ARRAY_PUSH(chart->arena, &chart->keys, ((struct chart_key){ '+', "further ones" }));
	return '+';
}
