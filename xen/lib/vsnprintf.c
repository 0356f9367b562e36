/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* printf's formatting for the conversions hv/printk.h names; never allocates. */
#include <hv/printk.h>
#include <hv/string.h>

enum length { LEN_CHAR, LEN_SHORT, LEN_INT, LEN_LONG };

struct spec {
	bool left, zero, alt, plus, space, has_precision;
	int width, precision;
	enum length length;
	char conv;
};

struct out {
	char *buf;
	size_t size, len; /* len counts what would have been written */
};

static void put(struct out *o, char c)
{
	if (o->len < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void put_n(struct out *o, char c, int n)
{
	while (n-- > 0)
		put(o, c);
}

static const char *parse_flags(const char *p, struct spec *s)
{
	for (;; p++) {
		if (*p == '-')
			s->left = true;
		else if (*p == '0')
			s->zero = true;
		else if (*p == '#')
			s->alt = true;
		else if (*p == '+')
			s->plus = true;
		else if (*p == ' ')
			s->space = true;
		else
			return p;
	}
}

static const char *parse_number(const char *p, int *ret_n)
{
	int n = 0;

	for (; *p >= '0' && *p <= '9'; p++)
		if (n < 100000)
			n = n * 10 + (*p - '0');
	*ret_n = n;
	return p;
}

static const char *parse_length(const char *p, struct spec *s)
{
	s->length = LEN_INT;
	if (*p == 'h') {
		s->length = LEN_SHORT;
		if (*++p == 'h') {
			s->length = LEN_CHAR;
			p++;
		}
		return p;
	}
	for (; *p == 'l' || *p == 'z' || *p == 'j' || *p == 't'; p++)
		s->length = LEN_LONG;
	return p;
}

/* The padding around @len characters of text: spaces before or after. */
static void put_text(struct out *o, const struct spec *s, const char *text, int len)
{
	int pad = s->width - len;

	if (!s->left)
		put_n(o, ' ', pad);
	for (int i = 0; i < len; i++)
		put(o, text[i]);
	if (s->left)
		put_n(o, ' ', pad);
}

static void put_string(struct out *o, const struct spec *s, const char *text)
{
	size_t max = s->has_precision ? (size_t)s->precision : 1u << 20;

	if (!text)
		text = "(null)";
	put_text(o, s, text, (int)strnlen(text, max));
}

static int digits_of(uint64_t n, unsigned base, bool upper, char *end)
{
	const char *digit = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	int len = 0;

	for (; n; n /= base)
		end[-++len] = digit[n % base];
	return len;
}

static void put_number(struct out *o, const struct spec *s, uint64_t n, unsigned base,
		       const char *prefix)
{
	char digits[24];
	char *end = digits + sizeof(digits);
	int len = digits_of(n, base, s->conv == 'X', end);
	int min = s->has_precision ? s->precision : 1;
	int prefix_len = (int)strlen(prefix);
	int zeros = MAX(min - len, 0);
	int pad;

	if (s->zero && !s->left && !s->has_precision)
		zeros = MAX(zeros, s->width - prefix_len - len);
	pad = s->width - prefix_len - zeros - len;
	if (!s->left)
		put_n(o, ' ', pad);
	while (*prefix)
		put(o, *prefix++);
	put_n(o, '0', zeros);
	for (int i = len; i > 0; i--)
		put(o, end[-i]);
	if (s->left)
		put_n(o, ' ', pad);
}

static void put_signed(struct out *o, const struct spec *s, int64_t n)
{
	const char *prefix = n < 0 ? "-" : s->plus ? "+" : s->space ? " " : "";

	put_number(o, s, n < 0 ? 0 - (uint64_t)n : (uint64_t)n, 10, prefix);
}

static int64_t arg_signed(enum length length, va_list *ap)
{
	switch (length) {
	case LEN_CHAR:
		return (signed char)va_arg(*ap, int);
	case LEN_SHORT:
		return (short)va_arg(*ap, int);
	case LEN_INT:
		return va_arg(*ap, int);
	case LEN_LONG:
		break;
	}
	return va_arg(*ap, long);
}

static uint64_t arg_unsigned(enum length length, va_list *ap)
{
	switch (length) {
	case LEN_CHAR:
		return (unsigned char)va_arg(*ap, unsigned);
	case LEN_SHORT:
		return (unsigned short)va_arg(*ap, unsigned);
	case LEN_INT:
		return va_arg(*ap, unsigned);
	case LEN_LONG:
		break;
	}
	return va_arg(*ap, unsigned long);
}

static void put_hex(struct out *o, const struct spec *s, uint64_t n)
{
	put_number(o, s, n, 16, !s->alt || !n ? "" : s->conv == 'X' ? "0X" : "0x");
}

/* One conversion. An unknown one is shown as it stands and takes no argument. */
static void convert(struct out *o, const struct spec *s, va_list *ap)
{
	char c;

	switch (s->conv) {
	case 'd':
	case 'i':
		put_signed(o, s, arg_signed(s->length, ap));
		break;
	case 'u':
		put_number(o, s, arg_unsigned(s->length, ap), 10, "");
		break;
	case 'x':
	case 'X':
		put_hex(o, s, arg_unsigned(s->length, ap));
		break;
	case 'p':
		put_number(o, s, (uintptr_t)va_arg(*ap, void *), 16, "0x");
		break;
	case 's':
		put_string(o, s, va_arg(*ap, const char *));
		break;
	case 'c':
		c = (char)va_arg(*ap, int);
		put_text(o, s, &c, 1);
		break;
	case '%':
		put(o, '%');
		break;
	default:
		put(o, '%');
		put(o, s->conv);
	}
}

static const char *parse_width(const char *p, struct spec *s, va_list *ap)
{
	if (*p != '*')
		return parse_number(p, &s->width);
	s->width = va_arg(*ap, int);
	if (s->width < 0) {
		s->left = true;
		s->width = s->width == INT32_MIN ? INT32_MAX : -s->width;
	}
	return p + 1;
}

static const char *parse_precision(const char *p, struct spec *s, va_list *ap)
{
	if (*p != '.')
		return p;
	s->has_precision = true;
	if (*++p != '*')
		return parse_number(p, &s->precision);
	s->precision = va_arg(*ap, int);
	if (s->precision < 0)
		s->has_precision = false;
	return p + 1;
}

int hv_vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = { buf, size, 0 };
	va_list args;

	va_copy(args, ap);
	for (const char *p = fmt; *p; p++) {
		struct spec s = { 0 };

		if (*p != '%') {
			put(&o, *p);
			continue;
		}
		p = parse_flags(p + 1, &s);
		p = parse_width(p, &s, &args);
		p = parse_precision(p, &s, &args);
		p = parse_length(p, &s);
		s.conv = *p;
		if (!*p)
			break;
		convert(&o, &s, &args);
	}
	va_end(args);
	if (size)
		buf[MIN(o.len, size - 1)] = '\0';
	return (int)MIN(o.len, (size_t)INT32_MAX);
}

int hv_snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = hv_vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}
