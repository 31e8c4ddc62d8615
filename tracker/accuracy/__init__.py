"""How well the machine reads: what ``manage.py extract`` prints, scored against records that people made. Pure: no Django."""
