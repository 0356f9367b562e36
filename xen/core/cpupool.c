#include <hv/sched.h>
#include <hv/errno.h>
static const struct sched_ops ops = { .name = "x", .id = 6 };
static struct cpupool p0 = { .sched.ops = &ops };
struct cpupool *cpupool_find(uint32_t id)
{
	p0.cpus = cpus_online;
	return id ? NULL : &p0;
}
int cpupool_op(struct xen_sysctl_cpupool_op *op, struct cpumask *m)
{
	if (op->op == XEN_SYSCTL_CPUPOOL_OP_INFO && op->cpupool_id == 0) {
		op->sched_id = 6;
		op->n_dom = 1;
		*m = cpus_online;
		return 0;
	}
	if (op->op == XEN_SYSCTL_CPUPOOL_OP_FREEINFO) {
		*m = (struct cpumask){ 0 };
		return 0;
	}
	return -XEN_ENOENT;
}
int sched_set_affinity(struct vcpu *v, const struct cpumask *h, const struct cpumask *s)
{
	if (h)
		v->hard = *h;
	if (s)
		v->soft = *s;
	return 0;
}
