import django.db.models.deletion
from django.db import migrations, models


def wish_for_open_turns(apps, schema_editor):
    """What waited to be matched before the upgrade still waits after it."""
    Turn, Wish = apps.get_model("tracker", "LinkingTurn"), apps.get_model("tracker", "LinkingWish")
    Document = apps.get_model("tracker", "Document")
    for turn in Turn.objects.exclude(wanted=models.F("done")):
        rows = models.Q(goals__organisation=turn.organisation_id) | models.Q(results__organisation=turn.organisation_id)
        documents = sorted(set(Document.objects.filter(rows).values_list("pk", flat=True)))
        Wish.objects.bulk_create(
            [Wish(organisation_id=turn.organisation_id, document_id=pk) for pk in (*documents, None)], batch_size=1000
        )


class Migration(migrations.Migration):

    dependencies = [
        ('tracker', '0007_score_of_statements'),
    ]

    operations = [
        migrations.CreateModel(
            name='LinkingWish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='提出时间')),
                ('document', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='linking_wishes', to='tracker.document', verbose_name='文档')),
                ('organisation', models.ForeignKey(help_text='文档中记录最多的单位。', on_delete=django.db.models.deletion.CASCADE, related_name='linking_wishes', to='tracker.organisation', verbose_name='单位')),
            ],
            options={
                'verbose_name': '待关联文档',
                'verbose_name_plural': '待关联文档',
                'ordering': ['pk'],
            },
        ),
        migrations.AddField(
            model_name='linkingturn',
            name='matched',
            field=models.PositiveBigIntegerField(default=0, help_text='重新关联的也算。', verbose_name='已关联文档数'),
        ),
        migrations.AddField(
            model_name='linkingturn',
            name='sent_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='派发时间'),
        ),
        migrations.RunPython(wish_for_open_turns, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(model_name='linkingturn', name='done'),
        migrations.RemoveField(model_name='linkingturn', name='wanted'),
    ]
