from django.http import JsonResponse
from django.urls import path

from shop.models import Product


def index(request):
    if request.method == 'POST':
        Product.objects.create(name='another')
    return JsonResponse(list(Product.objects.order_by('id').values()[:5]), safe=False)


urlpatterns = [path('', index)]
